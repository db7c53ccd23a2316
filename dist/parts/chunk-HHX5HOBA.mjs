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

// src/entrypoints/action/action-error.ts
var ActionError = class extends Error {
  name = "ActionError";
  /** The exact next step; `null` if the message says it all. */
  next;
  /** `message` says what failed, on what and why. */
  constructor(message, options = {}) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.next = options.next ?? null;
  }
};

export {
  ActionError
};
