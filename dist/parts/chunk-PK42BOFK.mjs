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
  DEFAULT_PACE,
  DEFAULT_TIMEOUTS,
  GitHubError,
  PUBLIC_API,
  graphqlUrlOf,
  listOpenPlanIssues,
  openForgeShelf,
  openGitHubClient,
  openOctokit,
  openRequestPacer
} from "./chunk-CQY33ZTP.mjs";
import {
  external_exports
} from "./chunk-AVVG3THQ.mjs";

// src/adapters/github/open-by-token.ts
var NO_INSTALLATION = 0;
function openGitHubByToken(options) {
  const { token, clock, log, baseUrl = PUBLIC_API, pace = DEFAULT_PACE, timeouts = DEFAULT_TIMEOUTS } = options;
  const credential = { get: () => Promise.resolve(token), drop: () => {
  } };
  const client = openGitHubClient({
    octokit: openOctokit(options, baseUrl),
    graphqlUrl: graphqlUrlOf(baseUrl),
    credential,
    pacer: openRequestPacer(clock, pace),
    clock,
    log,
    timeouts
  });
  const readSelf = rememberSelf(client);
  const readApp = async () => {
    const { appId, login } = await readSelf();
    return { id: appId, login };
  };
  const forgeOf = openForgeShelf({ clientOf: () => client, clock, readApp });
  return {
    readSelf,
    readRepository: (names) => readRepository(client, names),
    forgeOf: (target) => forgeOf({ ...target, installationId: NO_INSTALLATION }),
    listOpenPlans: (repository, signal) => listOpenPlanIssues(client, repository, clock.now(), signal),
    quota: () => client.quota(),
    client
  };
}
function rememberSelf(client) {
  let asked = null;
  return () => {
    asked ??= readIdentity(client).catch((error) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}
var Viewer = external_exports.object({ viewer: external_exports.object({ login: external_exports.string(), databaseId: external_exports.number().nullable() }) });
var App = external_exports.object({ id: external_exports.number().int(), slug: external_exports.string() });
var WHO = "Reading whose token it is";
async function readIdentity(client) {
  const { data } = await client.graphql({
    kind: "query",
    document: "query Viewer { viewer { login databaseId } }",
    variables: {},
    what: WHO,
    answer: Viewer
  });
  const slug = data.viewer.login.replace(/\[bot\]$/, "");
  try {
    const app = await client.rest({
      route: "GET /apps/{app_slug}",
      parameters: { app_slug: slug },
      what: WHO,
      answer: App
    });
    return { appId: app.id, login: `${app.slug}[bot]`, botUserId: data.viewer.databaseId };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.ending.kind !== "gone") throw error;
    throw new GitHubError(WHO, {
      ending: { kind: "refused" },
      because: "it is a person's and no app's, and only an app may write check runs; hand over `github.token`, or a token that actions/create-github-app-token has made",
      cause: error
    });
  }
}
var Repository = external_exports.object({
  repository: external_exports.object({ databaseId: external_exports.number(), name: external_exports.string(), owner: external_exports.object({ login: external_exports.string() }) }).nullable()
});
async function readRepository(client, { owner, name }) {
  const what = "Reading which repository it is";
  const { data } = await client.graphql({
    kind: "query",
    document: "query WhichRepository($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { databaseId name owner { login } } }",
    variables: { owner, name },
    what,
    answer: Repository
  });
  const { repository } = data;
  if (repository === null)
    throw new GitHubError(what, { ending: { kind: "gone" }, because: "the token does not reach it, or it is gone" });
  return { id: repository.databaseId, owner: repository.owner.login, name: repository.name };
}

export {
  openGitHubByToken
};
