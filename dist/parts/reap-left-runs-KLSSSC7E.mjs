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
  openLeftRuns
} from "./chunk-4BHSUC2O.mjs";
import {
  repositoryRunPrefix
} from "./chunk-AUMJUHMA.mjs";
import "./chunk-BEFDHR73.mjs";
import "./chunk-TFCDRFP4.mjs";
import "./chunk-4P42K4ID.mjs";

// src/entrypoints/action/reap-left-runs.ts
import { mkdir } from "node:fs/promises";
async function reapLeftRuns(options) {
  const { env, log, objectsDir, stateDir } = options;
  await mkdir(stateDir, { recursive: true, mode: 448 });
  const runs = await openLeftRuns({ env, stateDir });
  for (const run of await runs.list(repositoryRunPrefix(objectsDir))) {
    try {
      await runs.end(run);
      log.info("Ended what a killed job had left", { run: run.name, place: run.place });
    } catch (error) {
      log.warn("What a killed job left could not be ended", { run: run.name, cause: String(error) });
    }
  }
}
export {
  reapLeftRuns
};
