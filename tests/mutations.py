"""Faults that the generated project's own tests must find.

Each one is planted in a copy of a rendered project, and the named test must fail. To add one, state
the fault, the file of the generated project, the text to replace (it must occur once) and the test;
and the option, if another folder than that of the first on its axis holds the file.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    """A fault, and the test that finds it."""

    fault: str
    file: str
    old: str
    new: str
    test: str
    option: str = ""


MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "the pipeline is fitted on the test rows too",
        "src/<package>/training/train.py",
        "train, test = rows_of(frame[~test_side], schema)",
        "train, test = rows_of(frame, schema)",
        "tests/model/test_behaviour.py::test_no_leakage_what_the_pipeline_learnt_comes_from_training_rows_only",
    ),
    Mutation(
        "a leaking feature passes the gate",
        "src/<package>/training/gate.py",
        'max(auc, metrics["oof_auc"])',
        "0.5",
        "tests/integration/test_planted_truth.py::test_a_planted_leak_is_found",
    ),
    Mutation(
        "a protected attribute is a feature",
        "src/<package>/dataset.py",
        'Numeric("dependents",',
        'Numeric("age_years", 18, 120, "Age"),\n        Numeric("dependents",',
        "tests/model/test_behaviour.py::test_invariance_protected_attributes_say_nothing",
    ),
    Mutation(
        "the model does not see the labels",
        "src/<package>/training/candidates.py",
        '("labels", labels, schema.categorical)',
        '("labels", labels, [])',
        "tests/model/test_behaviour.py::test_direction_a_worse_application_scores_no_better",
    ),
    Mutation(
        "good and bad are swapped",
        "src/<package>/data/frames.py",
        "== schema.target.positive",
        "== schema.target.negative",
        "tests/model/test_behaviour.py::test_minimum_functionality_a_plainly_safe_and_a_plainly_risky_application",
    ),
    Mutation(
        "the threshold ignores fairness",
        "src/<package>/training/evaluation.py",
        "fair = [o for o in options if o[1] >= min_impact]",
        "fair = options",
        "tests/model/test_behaviour.py::test_fairness_the_promoted_threshold_meets_the_floor",
    ),
    Mutation(
        "probabilities are shifted by class weights",
        "src/<package>/training/candidates.py",
        "LogisticRegression(max_iter=1000,",
        'LogisticRegression(class_weight="balanced", max_iter=1000,',
        "tests/model/test_behaviour.py::test_calibration_probabilities_mean_what_they_say",
    ),
    Mutation(
        "serving numbers the labels in another order than training",
        "src/<package>/encoding.py",
        "enumerate(column.categories)",
        "enumerate(sorted(column.categories))",
        "tests/model/test_behaviour.py::test_no_skew_a_served_record_scores_as_the_training_table_did",
    ),
    Mutation(
        "the engineered feature is dropped on the way to the model",
        "src/<package>/training/candidates.py",
        "[*schema.numeric, *range(width, width + len(schema.ratios))]",
        "schema.numeric",
        "tests/unit/test_candidates.py::test_the_engineered_feature_reaches_the_model",
    ),
    Mutation(
        "twins with different labels fall on both sides of the split",
        "src/<package>/data/splitting.py",
        "frame[schema.feature_names].itertuples",
        "frame.itertuples",
        "tests/unit/test_splitting.py::test_identical_rows_never_stand_on_both_sides",
    ),
    Mutation(
        "an altered model file is loaded",
        "src/<package>/bundle.py",
        "if hashlib.sha256(contents[name]).hexdigest() != manifest.files.get(name):",
        "if name not in manifest.files:",
        "tests/unit/test_bundle.py::test_one_changed_byte_is_found",
    ),
    Mutation(
        "an unfaithful export passes",
        "src/<package>/training/export.py",
        "if difference > TOLERANCE:",
        "if difference > 1:",
        "tests/unit/test_candidates.py::test_an_estimator_that_converts_wrongly_is_refused",
    ),
    Mutation(
        "a challenger worse than the champion passes",
        "src/<package>/training/gate.py",
        "floor = before - limits.max_auc_loss_to_champion",
        "floor = limits.max_auc_loss_to_champion",
        "tests/unit/test_gate.py::test_a_challenger_must_not_fall_behind_the_champion",
    ),
    Mutation(
        "an unlisted label enters the data",
        "src/<package>/data/contract.py",
        "pa.Check.isin(column.categories)",
        'pa.Check.isin([*column.categories, "green"])',
        "tests/unit/test_contract.py::test_a_broken_table_is_explained",
    ),
    Mutation(
        "a half-written run stays on disk",
        "src/<package>/runs.py",
        'with tempfile.TemporaryDirectory(dir=self.root, prefix=".incoming-") as scratch:',
        "scratch = tempfile.mkdtemp(dir=self.root)\n        if scratch:",
        "tests/unit/test_runs.py::test_a_run_that_fails_half_way_leaves_nothing",
    ),
    Mutation(
        "the fast decoder forgets the bounds of a number",
        "src/<package>/serving/rows.py",
        "kind = Annotated[kind, msgspec.Meta(ge=low, le=high)]",
        "kind = Annotated[kind, msgspec.Meta(ge=low)]",
        "tests/unit/test_serving_rows.py::test_one_odd_value_in_a_good_row_gets_one_verdict",
    ),
    Mutation(
        "the fast path leaves out the version of the model",
        "src/<package>/serving/predictor.py",
        'answer["model_version"] = served.champion.version',
        'answer["model_version"] = ""',
        "tests/integration/test_service_predict.py::test_a_row_is_scored_by_the_champion",
    ),
    Mutation(
        "an endless body is read to its end",
        "src/<package>/serving/middleware.py",
        "if left < 0:",
        "if left < -(10**9):",
        "tests/integration/test_service_predict.py::test_a_huge_body_is_refused_whether_its_length_is_declared_or_not",
    ),
    Mutation(
        "a bundle is served under another's name",
        "src/<package>/serving/champion.py",
        "if model.bundle_id != champion.bundle:",
        "if not model.bundle_id:",
        "tests/unit/test_serving_champion.py::test_a_bundle_under_another_name_is_refused",
    ),
    Mutation(
        "a small sample raises a drift alarm by chance",
        "src/<package>/monitoring/drift.py",
        "psi > max(limit, noise)",
        "psi > limit",
        "tests/unit/test_drift.py::test_no_window_alarms_while_nothing_drifts",
    ),
    Mutation(
        "a large batch is scored on the event loop",
        "src/<package>/serving/routes.py",
        "answer = await asyncio.to_thread(function, body)",
        "answer = function(body)",
        "tests/integration/test_service_reload.py::test_a_large_batch_does_not_hold_up_other_requests",
    ),
    Mutation(
        "going back does not verify the bundle",
        "src/<package>/model_store.py",
        "read_verified(self.root / back.bundle, self._schema)",
        "self.folder(present)",
        "tests/unit/test_model_store.py::test_a_damaged_earlier_model_is_not_served",
    ),
    Mutation(
        "the beginning of a token is enough",
        "src/<package>/api_token.py",
        "hmac.compare_digest(found, self._token)",
        "self._token.startswith(found)",
        "tests/unit/test_api_token.py::test_anything_else_is_not",
    ),
    Mutation(
        "the fast path asks for no token",
        "src/<package>/serving/app.py",
        "answering = GuardMiddleware(answering, guard)",
        "guarded = GuardMiddleware(answering, guard)\n"
        "        answering = PredictRoute(guarded, predictor, serving.max_body_bytes)",
        "tests/integration/test_service_token.py::test_a_request_without_the_token_is_refused_before_its_body_is_judged",
    ),
    Mutation(
        "a token that is refused is shown",
        "src/<package>/config.py",
        'or item["loc"][-1] in _SECRETS',
        'or item["loc"][-1] in {"password"}',
        "tests/unit/test_config.py::test_a_secret_that_is_wrong_is_named_but_not_shown",
    ),
    Mutation(
        "a service that stops leaves connections open",
        "src/<package>/serving/middleware.py",
        "if self._drain.begun:",
        "if self._drain is None:",
        "tests/e2e/test_service_process.py::test_after_the_signal_those_who_have_not_heard_of_it_are_still_answered",
    ),
    Mutation(
        "a few odd rows raise a drift alert",
        "src/<package>/monitoring/report.py",
        "alert=enough and worst >= Level.ALERT",
        "alert=worst >= Level.ALERT",
        "tests/unit/test_report.py::test_too_few_rows_raise_no_alert_however_odd_they_are",
    ),
    Mutation(
        "the fast path takes larger bodies than allowed",
        "src/<package>/serving/predict_route.py",
        "min(max_body_bytes, SMALL_BODY_BYTES)",
        "SMALL_BODY_BYTES",
        "tests/integration/test_contract.py::test_the_http_service_answers_as_agreed",
    ),
    Mutation(
        "a slash too many is redirected",
        "src/<package>/serving/app.py",
        "redirect_slashes=False",
        "redirect_slashes=True",
        "tests/integration/test_contract.py::test_the_http_service_answers_as_agreed",
    ),
    Mutation(
        "the function takes bodies of any size",
        "src/<package>/serving/gateway.py",
        "if len(body) > self._max_body_bytes:",
        "if len(body) < 0:",
        "tests/integration/test_function_contract.py::test_the_function_answers_as_agreed_and_as_the_http_service_to_the_byte",
    ),
    Mutation(
        "the function starts without the token that is required",
        "src/<package>/serving/function.py",
        "if not token and settings.serving.require_api_token:",
        "if token is None:",
        "tests/integration/test_function_start.py::test_a_start_that_cannot_be_right_fails",
    ),
    Mutation(
        "the function imports the web framework at its start",
        "src/<package>/serving/gateway.py",
        "from .predictor import Predictor",
        "from .predict_route import Predictor",
        "tests/integration/test_function_start.py::test_until_it_meets_a_bad_row_an_instance_loads_nothing_that_is_slow",
    ),
    Mutation(
        "the function forgets a limit of a setting",
        "src/<package>/serving/function_settings.py",
        "max_body_bytes: Annotated[int, Meta(ge=1024)]",
        "max_body_bytes: int",
        "tests/unit/test_function_settings.py::test_a_variable_is_read_and_refused_alike",
    ),
    Mutation(
        "a large file gets into git",
        "src/<package>/data/store.py",
        'if size <= limits["max_mb"] * 1_000_000:',
        'if size <= limits["max_mb"] * 1_000_000_000:',
        "tests/integration/test_store.py::test_a_large_file_is_not_published_and_the_way_out_is_named",
        option="git",
    ),
    Mutation(
        "changes that were never published are overwritten",
        "src/<package>/data/store.py",
        "elif published and published != self._hash():",
        "elif published and not self._hash():",
        "tests/integration/test_data_versions.py::test_changes_that_were_never_published_are_not_overwritten",
        option="git",
    ),
    Mutation(
        "content that is not what the pointer names is taken",
        "src/<package>/data/store.py",
        "if self.digest() != published:\n                raise",
        "if not published:\n                raise",
        "tests/integration/test_store.py::test_damage_in_the_clones_own_copy_is_found",
        option="git_lfs",
    ),
    Mutation(
        "content is committed in place of a pointer",
        "src/<package>/data/store.py",
        "if text.startswith(POINTER):",
        "if text:",
        "tests/integration/test_store.py::test_content_in_place_of_a_pointer_is_not_committed",
        option="git_lfs",
    ),
    Mutation(
        "a table takes whatever it can convert",
        "src/<package>/data/table.py",
        "if not _same(kind, row[at]):",
        "if not kind:",
        "tests/integration/test_store.py::test_what_breaks_the_schema_is_not_published",
        option="delta",
    ),
    Mutation(
        "a vacuum takes versions that a commit names",
        "src/<package>/data/store.py",
        "named | {pin.version}, hours",
        "{pin.version}, hours",
        "tests/integration/test_store.py::test_a_vacuum_keeps_what_a_commit_names_and_takes_the_rest",
        option="delta",
    ),
)
