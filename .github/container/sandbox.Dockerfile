# The image that agents, tests and reviewers run in, where the runner's own programs are not enough: a recipe to begin
# with. Add what your tests need. Build it, push it, and write it into .github/espalier.yml with its digest:
#
#   docker build --file .github/container/sandbox.Dockerfile --tag ghcr.io/OWNER/espalier-sandbox:1 .
#   docker push ghcr.io/OWNER/espalier-sandbox:1
#   docker buildx imagetools inspect ghcr.io/OWNER/espalier-sandbox:1 --format '{{.Manifest.Digest}}'
#
#   sandbox:
#     image: ghcr.io/OWNER/espalier-sandbox@sha256:…
#
# Pin the base the same way: `docker buildx imagetools inspect node:24-slim` shows its digest, which goes behind the tag.
FROM node:24-slim

# One exact version: what an agent can do changes with it.
ARG AGENT=@anthropic-ai/claude-code@2.1.330

RUN apt-get update \
  && apt-get install --yes --no-install-recommends build-essential ca-certificates git jq python3 python3-venv ripgrep \
  && rm -rf /var/lib/apt/lists/* \
  && npm install --global --no-audit --no-fund "$AGENT" \
  && npm cache clean --force

# Espalier names the user, mounts the worktree and keeps everything else read-only: nothing here runs by itself.
USER node
