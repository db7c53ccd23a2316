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
  containerName,
  findContainerClient,
  listContainers,
  listMarkedRuns,
  openGroupMaker,
  readMachine,
  reapMarkedRuns,
  removeContainers
} from "./chunk-AUMJUHMA.mjs";

// src/adapters/sandbox/left-runs.ts
var GONE_WITHIN_MS = 1e4;
async function openLeftRuns(options) {
  const machine = await readMachine(options.env);
  const groups = await openGroupMaker().catch(() => null);
  const found = await Promise.all(
    ["docker", "podman"].map((engine) => findContainerClient({ engine, ...options, machine }))
  );
  const clients = found.flatMap((each) => each.ok ? [each.client] : []);
  return {
    list: async (prefix) => {
      const marks = await listMarkedRuns(prefix);
      const names = [...marks].map((mark) => mark.split("/", 1)[0] ?? "");
      const here = /* @__PURE__ */ new Set([...names, ...await groups?.list(prefix) ?? []]);
      const inContainers = await Promise.all(clients.map((client) => listIn(client, prefix)));
      return [...[...here].sort().map((name) => ({ name, place: "processes" })), ...inContainers.flat()];
    },
    end: async ({ name, place }) => {
      if (place === "processes") {
        await reapMarkedRuns(name, GONE_WITHIN_MS);
        await groups?.reap(name);
        return;
      }
      const client = clients.find((each) => each.engine === place);
      const failure = client === void 0 ? `${place} is gone` : await removeContainers(client, [containerName(name)]);
      if (failure !== null) throw new Error(`The container '${containerName(name)}' could not be removed: ${failure}`);
    }
  };
}
async function listIn(client, prefix) {
  const { runs, failure } = await listContainers(client, prefix);
  return failure === null ? runs.sort().map((name) => ({ name, place: client.engine })) : [];
}

export {
  openLeftRuns
};
