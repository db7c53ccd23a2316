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

// src/entrypoints/action/choose-fetch.ts
var PROXY_NAMES = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
async function chooseFetch({ env }) {
  if (PROXY_NAMES.every((name) => (env[name] ?? "") === "")) return {};
  const { runnerFetch } = await import("./runner-fetch-R77WZ7OE.mjs");
  return { fetch: runnerFetch };
}

export {
  chooseFetch
};
