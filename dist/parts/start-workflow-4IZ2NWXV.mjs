#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}
import {
  openGitHubByToken
} from "./chunk-PK42BOFK.mjs";
import "./chunk-CQY33ZTP.mjs";
import "./chunk-HVR6NXFW.mjs";
import "./chunk-CICE3PZ7.mjs";
import "./chunk-EM5YRON7.mjs";
import {
  external_exports
} from "./chunk-AVVG3THQ.mjs";
import "./chunk-4P42K4ID.mjs";

// src/adapters/github/start-workflow.ts
async function startWorkflow(options) {
  const { repository, workflow, ref, inputs } = options;
  await openGitHubByToken(options).client.rest({
    route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    parameters: { owner: repository.owner, repo: repository.name, workflow_id: workflow, ref, inputs },
    what: `Starting the workflow '${workflow}'`,
    answer: external_exports.unknown()
  });
}
export {
  startWorkflow
};
