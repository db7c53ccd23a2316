/** Reading and writing of git objects without a process for each: loose files written here, `cat-file --batch` read. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

import type { CommitObject, Signature, TreeEntry } from './git-types.ts';
import type { Oid } from './state.ts';

/** Kinds of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/**
 * Writes one loose object and answers its oid. Safe beside any git process: the file appears whole, under its oid.
 * Synchronous, since the few bytes of an object of a test take less time than the way to another thread.
 */
export function writeObject(gitDir: string, type: ObjectType, bytes: Uint8Array): Oid {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const oid = createHash('sha1').update(whole).digest('hex');
  const folder = path.join(gitDir, 'objects', oid.slice(0, 2));
  const file = path.join(folder, oid.slice(2));
  if (existsSync(file)) return oid;
  const temporary = path.join(gitDir, 'objects', `tmp_obj_${oid}_${process.hrtime.bigint()}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(temporary, deflateSync(whole, { level: 1 }), { mode: 0o444 });
  renameSync(temporary, file);
  return oid;
}

/** The bytes of a tree in the order that git wants: by name, folders as if they ended in a slash. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const key = (entry: TreeEntry): Buffer => Buffer.from(entry.type === 'tree' ? `${entry.name}/` : entry.name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap((entry) => [
      Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.name}\0`),
      Buffer.from(entry.oid, 'hex'),
    ]),
  );
}

/** The entries of a tree, in its order. */
export function decodeTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const zero = bytes.indexOf(0, space);
    const mode = bytes.toString('latin1', at, space).padStart(6, '0');
    entries.push({
      mode,
      type: mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob',
      name: bytes.toString('utf8', space + 1, zero),
      oid: bytes.toString('hex', zero + 1, zero + 21),
    });
    at = zero + 21;
  }
  return entries;
}

/** The bytes of a commit; the message is kept as it is. */
export function encodeCommit(commit: Omit<CommitObject, 'oid'>): Buffer {
  const sign = (who: Signature): string => `${who.name} <${who.email}> ${Math.floor(who.at / 1000)} +0000`;
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${sign(commit.author)}`,
    `committer ${sign(commit.committer)}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`);
}

/** A commit from its bytes; headers that nothing here reads are left out. */
export function decodeCommit(oid: Oid, bytes: Buffer): CommitObject {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\n\n');
  const header = text.slice(0, end).split('\n');
  const values = (name: string): string[] =>
    header.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    oid,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: decodeSignature(values('author')[0] ?? ''),
    committer: decodeSignature(values('committer')[0] ?? ''),
    message: text.slice(end + 2),
  };
}

function decodeSignature(line: string): Signature {
  const found = /^(?<name>.*?) ?<(?<email>[^>]*)> (?<seconds>\d+)/.exec(line)?.groups;
  return { name: found?.['name'] ?? '', email: found?.['email'] ?? '', at: Number(found?.['seconds'] ?? 0) * 1000 };
}

/** One `git cat-file --batch` that lives as long as the repository is in use; requests are answered in turn. */
export class ObjectReader implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve(found: { type: ObjectType; bytes: Buffer } | null): void; reject(why: Error): void }[] =
    [];
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = 0;

  constructor(gitDir: string, env: NodeJS.ProcessEnv) {
    this.#process = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch'], { env });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#held += chunk.length;
      this.#answer();
    });
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('close', () => {
      for (const one of this.#waiting.splice(0)) one.reject(new Error(`git cat-file of ${gitDir} ended.`));
    });
  }

  /** The object, or `null` where there is none. */
  read(oid: Oid): Promise<{ type: ObjectType; bytes: Buffer } | null> {
    if (!/^[0-9a-f]{40}$/.test(oid)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${oid}\n`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await ended;
  }

  #answer(): void {
    while (this.#held > 0 && this.#held >= this.#wanted) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      const end = bytes.indexOf(10);
      if (end < 0) return;
      const [, type, size] = bytes.toString('latin1', 0, end).split(' ');
      const isMissing = type === 'missing';
      const total = isMissing ? end + 1 : end + 1 + Number(size) + 1;
      if (bytes.length < total) {
        this.#wanted = total;
        return;
      }
      this.#wanted = 0;
      this.#chunks = [bytes.subarray(total)];
      this.#held = bytes.length - total;
      this.#waiting
        .shift()
        ?.resolve(isMissing ? null : { type: type as ObjectType, bytes: bytes.subarray(end + 1, total - 1) });
    }
  }
}
