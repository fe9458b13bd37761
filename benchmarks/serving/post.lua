-- wrk: POST the body of the file named in BENCHMARK_BODY; print the summary as one JSON line.

wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
local file = assert(io.open(os.getenv("BENCHMARK_BODY"), "rb"))
wrk.body = file:read("*a")
file:close()

function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"errors":%d}',
    summary.requests,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
