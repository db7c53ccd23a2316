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
  chooseFetch
} from "./chunk-6RY23M7P.mjs";
import {
  openGitHubByToken
} from "./chunk-PK42BOFK.mjs";
import {
  GitHubError,
  hasJobToken
} from "./chunk-CQY33ZTP.mjs";
import {
  ActionError
} from "./chunk-HHX5HOBA.mjs";
import {
  HOSTED_DEFAULTS
} from "./chunk-SBM5ZMS6.mjs";

// src/entrypoints/action/serverless-github.ts
async function openServerless(session) {
  const { inputs, runner, clock, log } = session;
  const way = await chooseFetch(session);
  const github = openGitHubByToken({ token: inputs.token, clock, log, baseUrl: runner.apiUrl, ...way });
  return toActionError(async () => {
    const self = await github.readSelf();
    const repository = await github.readRepository(runner.repository);
    const isJobs = hasJobToken({ id: self.appId, login: self.login });
    return { github, self, repository, config: { ...HOSTED_DEFAULTS, hasJobToken: isJobs, isServerless: true } };
  });
}
async function toActionError(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitHubError) throw new ActionError(error.message, { cause: error });
    throw error;
  }
}

export {
  openServerless,
  toActionError
};
