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

// src/adapters/clock/system-clock.ts
import { setTimeout as sleep } from "node:timers/promises";
var SYSTEM_CLOCK = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, void 0, signal === void 0 ? {} : { signal });
    } catch {
    }
  }
};

export {
  SYSTEM_CLOCK
};
