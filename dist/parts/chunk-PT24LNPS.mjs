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

// src/core/reconcile/bound-results.ts
function isEvidenceOf(evidence, { plan, task, attempt }) {
  return evidence.plan === plan && evidence.task === task && evidence.attempt === attempt.attempt && evidence.generation === attempt.generation && evidence.taskDigest === attempt.taskDigest && evidence.baseSha === attempt.baseSha;
}
function isTrialOf(result, { plan, task, attempt }, trial) {
  return result.plan === plan && result.task === task && result.attempt === attempt.attempt && result.generation === trial.generation && result.headSha === attempt.evidence?.headSha && result.ontoSha === trial.ontoSha;
}
function isFinalOf(result, final) {
  return result.generation === final.generation && result.commitSha === final.commitSha;
}

export {
  isEvidenceOf,
  isTrialOf,
  isFinalOf
};
