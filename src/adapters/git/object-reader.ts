/**
 * Reads objects by name through one long-lived `git cat-file --batch-command`. Only full object names are ever
 * written to it, so nothing from a tree or a plan is parsed by git as a revision.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

import { isObjectName } from '../../core/ids.ts';
import { failureOf, GitFailure } from './git-failure.ts';

/** An object's type and size in bytes. */
interface ObjectInfo {
  type: string;
  size: number;
}

/** A whole object. */
interface ObjectContents extends ObjectInfo {
  data: Buffer;
}

/** Objects of one store; `null` where there is none of that name. */
export interface ObjectReader {
  info(id: string): Promise<ObjectInfo | null>;
  contents(id: string): Promise<ObjectContents | null>;
  /** Ends the process; a later read starts another. */
  close(): Promise<void>;
}

interface Request {
  command: 'info' | 'contents';
  id: string;
  resolve: (answer: ObjectContents | null) => void;
  reject: (error: Error) => void;
}

/** Opens a reader in the repository that `env` names. The process starts with the first read. */
export function openObjectReader(options: { env: Readonly<Record<string, string>>; cwd: string }): ObjectReader {
  let session: Session | null = null;
  function ask(command: Request['command'], id: string): Promise<ObjectContents | null> {
    if (!isObjectName(id)) return Promise.reject(new GitFailure('Reading an object needs its full name.'));
    if (session === null || session.isOver) session = new Session(options);
    return session.ask(command, id);
  }
  return {
    info: (id) => ask('info', id),
    contents: (id) => ask('contents', id),
    close: async () => {
      const open = session;
      session = null;
      await open?.close();
    },
  };
}

/** One process: answers come in the order of the requests. */
class Session {
  isOver = false;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Request[] = [];
  readonly #exit: Promise<void>;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes that must be there before it is worth looking again. */
  #wanted = 1;
  #stderr = '';

  constructor(options: { env: Readonly<Record<string, string>>; cwd: string }) {
    this.#child = spawn('git', ['cat-file', '--batch-command'], {
      env: { ...options.env },
      cwd: options.cwd,
      // Not in the terminal's process group, so that Ctrl-C leaves it; it ends when its input does.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-4000);
    });
    // A write to a process that died is reported by its exit.
    this.#child.stdin.on('error', () => undefined);
    this.#exit = new Promise((resolve) => {
      this.#child.on('error', () => this.#end(null, resolve));
      this.#child.on('close', (code) => this.#end(code, resolve));
    });
    this.#holdProcessOpen(false);
  }

  ask(command: Request['command'], id: string): Promise<ObjectContents | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, id, resolve, reject });
      this.#holdProcessOpen(true);
      this.#child.stdin.write(`${command} ${id}\n`);
    });
  }

  async close(): Promise<void> {
    this.isOver = true;
    this.#child.stdin.end();
    this.#child.ref();
    await this.#exit;
  }

  /** An idle reader must not keep the program from ending; its closed standard input ends it in turn. */
  #holdProcessOpen(hold: boolean): void {
    const change = hold ? 'ref' : 'unref';
    this.#child[change]();
    for (const stream of this.#child.stdio) (stream as Partial<Record<typeof change, () => void>> | null)?.[change]?.();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#wanted && this.#answerNext());
    if (this.#waiting.length === 0) this.#holdProcessOpen(false);
  }

  /** Answers the first request if all of its bytes are there. */
  #answerNext(): boolean {
    const request = this.#waiting[0];
    if (request === undefined) return false;
    const bytes = this.#joined();
    const lineEnd = bytes.indexOf(10);
    if (lineEnd === -1) return false;
    const [name, type, size] = bytes.toString('latin1', 0, lineEnd).split(' ');
    const isFound = name === request.id && size !== undefined && type !== undefined;
    const length = isFound ? Number(size) : 0;
    const hasData = isFound && request.command === 'contents';
    const total = lineEnd + 1 + (hasData ? length + 1 : 0);
    if (bytes.length < total) {
      this.#wanted = total;
      return false;
    }
    const data = hasData ? Buffer.from(bytes.subarray(lineEnd + 1, total - 1)) : Buffer.alloc(0);
    this.#chunks = [bytes.subarray(total)];
    this.#buffered = bytes.length - total;
    this.#wanted = 1;
    this.#waiting.shift();
    request.resolve(isFound ? { type, size: length, data } : null);
    return this.#buffered > 0;
  }

  #joined(): Buffer {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    if (bytes !== undefined) return bytes;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #end(exitCode: number | null, resolve: () => void): void {
    this.isOver = true;
    for (const request of this.#waiting.splice(0))
      request.reject(failureOf(`reading object ${request.id}`, { exitCode, stderr: this.#stderr }));
    resolve();
  }
}
