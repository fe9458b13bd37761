# Where Terraform remembers what it made. Whoever can write here can change what the next apply does, and a lost state
# means importing every resource by hand: hence versions, encryption, no public access, and TLS only.

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18:an access log needs a bucket of its own; who applied what stands in the runs on GitHub
  # checkov:skip=CKV_AWS_144:versions protect from mistakes; a lost region takes the service with its state
  # checkov:skip=CKV2_AWS_62:nothing reacts to a new state
  bucket = var.name

  # Unless it is said to be deletable, AWS refuses to delete a bucket with objects in it. `prevent_destroy` cannot take
  # a variable: tearing everything down would begin with editing this file.
  force_destroy = var.deletable
}

# An older state is the way back from an apply that went wrong.
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

# trivy:ignore:AVD-AWS-0132 a key of one's own costs 1 USD a month, and who may read here may use it as well
resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    # One call to KMS per hour and caller in place of one per object.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      # Without a key's name: AWS's own key for S3, which is free and rotated each year.
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  # New lists and policies that would open it are refused, and existing ones are ignored.
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    # Access lists are switched off: policies alone decide.
    object_ownership = "BucketOwnerEnforced"
  }
}

data "aws_iam_policy_document" "state" {
  statement {
    sid       = "RefuseWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = data.aws_iam_policy_document.state.json

  # Changing both at once makes S3 answer with a conflict.
  depends_on = [aws_s3_bucket_public_access_block.state]
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {} # every object

    # A version goes when it is both old and one of many: a quiet project keeps its way back.
    noncurrent_version_expiration {
      noncurrent_days           = var.keep_days
      newer_noncurrent_versions = var.keep_versions
    }

    # Each lock that is given back leaves a marker behind.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # The rule speaks of versions.
  depends_on = [aws_s3_bucket_versioning.state]
}
