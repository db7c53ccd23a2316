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
  ACTION_AUTHOR,
  MAX_WORK_RECORD_CHARACTERS,
  readWorkRecord
} from "./chunk-B4YBB77M.mjs";
import {
  attemptMessage
} from "./chunk-CAA5KSZQ.mjs";

// src/entrypoints/action/given-files.ts
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
var PIECE_BYTES = 1024 * 1024;
async function takeGivenFile({ takenDir }, given, { name, maxBytes }) {
  const target = path.join(takenDir, name);
  const source = await open(given.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error) => error.code ?? "unknown error"
  );
  if (typeof source === "string") return bad(`the ${name} cannot be opened (${source})`);
  try {
    const found = await source.stat();
    if (!found.isFile()) return bad(`the ${name} is no regular file`);
    if (found.size > maxBytes) return bad(`the ${name} has ${found.size} bytes; at most ${maxBytes} are taken`);
    const copy = await open(target, "wx", 384);
    try {
      const digest = createHash("sha256");
      const piece = Buffer.alloc(PIECE_BYTES);
      let total = 0;
      for (; ; ) {
        const { bytesRead } = await source.read(piece, 0, PIECE_BYTES);
        if (bytesRead === 0) break;
        total += bytesRead;
        if (total > maxBytes) return bad(`the ${name} has more than ${maxBytes} bytes`);
        digest.update(piece.subarray(0, bytesRead));
        await copy.writeFile(piece.subarray(0, bytesRead));
      }
      const found256 = digest.digest("hex");
      if (found256 !== given.sha256)
        return bad(`the ${name} is not the file that its job left: its SHA-256 is ${found256}, not ${given.sha256}`);
      return { ok: true, value: target };
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}
async function takeGivenText(room, given, limits) {
  const taken = await takeGivenFile(room, given, limits);
  if (!taken.ok) return taken;
  try {
    return {
      ok: true,
      value: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(taken.value))
    };
  } catch {
    return bad(`the ${limits.name} is no UTF-8 text`);
  }
}
async function takeGivenPack(room, given, maxBytes) {
  const file = await takeGivenFile(room, given, { name: "pack", maxBytes });
  if (!file.ok) return file;
  const outcome = await room.git.takeIn({ stdout: createReadStream(file.value), maxBytes });
  return outcome.kind === "taken" ? { ok: true, value: outcome.tree } : bad(`the pack is refused: ${outcome.because}`);
}
function bad(because) {
  return { ok: false, because };
}

// src/entrypoints/action/make-head.ts
async function makeHead(room, order, given) {
  if (given.work === null || given.pack === null)
    return bad2(`the job work left no ${given.work === null ? "work record" : "pack"}`);
  const maxBytes = 4 * MAX_WORK_RECORD_CHARACTERS;
  const text = await takeGivenText(room, given.work, { name: "work record", maxBytes });
  if (!text.ok) return text;
  const work = readWorkRecord(text.value, { ...order, task: order.task.id });
  if (!work.ok) return work;
  const { head } = work.value;
  if (head === null) return bad2("the work record speaks of no head");
  const tree = await takeGivenPack(room, given.pack, given.maxPackBytes);
  if (!tree.ok) return tree;
  if (tree.value !== head.treeSha)
    return bad2(`the pack has tree ${tree.value}, and the work record speaks of ${head.treeSha}`);
  const commit = await room.git.writeCommit({
    tree: tree.value,
    parents: [order.baseSha],
    message: attemptMessage({ ...order, task: order.task.id, title: order.task.title }),
    author: ACTION_AUTHOR,
    atMs: head.atMs
  });
  return commit === head.commitSha ? { ok: true, value: { head, work: work.value } } : bad2(`its tree gives commit ${commit}, and the work record speaks of ${head.commitSha}`);
}
function bad2(because) {
  return { ok: false, because };
}

export {
  takeGivenText,
  makeHead
};
