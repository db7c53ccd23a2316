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

// src/core/text/environment-secrets.ts
function findEnvironmentSecrets(env) {
  return Object.entries(env).flatMap(
    ([name, value]) => value !== void 0 && value.length >= 8 && /TOKEN|SECRET|PASSW|API_?KEY|CREDENTIAL|PRIVATE/i.test(name) ? [value] : []
  );
}

export {
  findEnvironmentSecrets
};
