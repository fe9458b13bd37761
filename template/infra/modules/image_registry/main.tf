# One repository for all environments: what was tested in dev is, byte for byte, what runs in prod.
resource "aws_ecr_repository" "images" {
  name = var.name

  # A tag that cannot be moved names one image for ever.
  image_tag_mutability = "IMMUTABLE"

  # Unless it is said to be deletable, AWS refuses to delete a repository with images in it.
  force_delete = var.deletable

  image_scanning_configuration {
    # Known vulnerabilities of the operating system's packages, at no cost.
    scan_on_push = true
  }

  encryption_configuration {
    # Without a key's name: AWS's own key, which is free.
    encryption_type = "KMS"
  }
}

# Only images that say of themselves that they are trials expire. All others stay: what runs, what one may want to go back
# to, and the signatures and lists of contents, which have no tag and would go with a rule for untagged images.
# Images share their layers; another one adds the few MB of a model, at 0.10 USD for a GB and month.
resource "aws_ecr_lifecycle_policy" "images" {
  repository = aws_ecr_repository.images.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Images pushed by hand, to try something out"
        selection = {
          tagStatus     = "tagged"
          tagPrefixList = ["trial-"]
          countType     = "sinceImagePushed"
          countUnit     = "days"
          countNumber   = var.trial_days
        }
        action = { type = "expire" }
      }
    ]
  })
}
