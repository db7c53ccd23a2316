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

// src/core/hosted/hosted-config.ts
var SECOND = 1e3;
var MINUTE = 60 * SECOND;
var HOSTED_DEFAULTS = {
  workflow: "espalier-dispatch.yml",
  landing: "auto",
  maxParallel: null,
  allowedBotIds: [],
  // 256 jobs of a matrix run, three for each leg, and one that plans.
  maxLegs: 85,
  leaseMs: MINUTE,
  startTimeoutMs: 30 * MINUTE,
  missingGraceMs: 5 * MINUTE,
  receiptGraceMs: 30 * SECOND,
  backoffMs: 30 * SECOND,
  maxBackoffMs: 15 * MINUTE,
  stuckAfterMs: 60 * MINUTE,
  hasJobToken: false,
  isServerless: false
};

export {
  HOSTED_DEFAULTS
};
