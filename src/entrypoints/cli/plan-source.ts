/** Reads the text of a plan from a file or from standard input. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

import { CliError } from './cli-error.ts';
import type { Session } from './session.ts';

/** A plan's text and where it is from. */
export interface PlanSource {
  text: string;
  /** The path as it was typed; `null` for standard input. */
  fileName: string | null;
}

/** Most bytes that are read; the reader refuses far less with a better message. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads the plan that `said` names: a path, or `-`. */
export async function readPlanSource(session: Session, said: string): Promise<PlanSource> {
  const bytes = said === '-' ? await readStream(session.input.stdin) : await readFileBytes(session.input.cwd, said);
  if (bytes.length > MAX_BYTES)
    throw new CliError('usage', `The plan '${said}' has more than ${MAX_BYTES} bytes.`, { next: 'split it' });
  // Bytes that are no UTF-8 become U+FFFD, as in any editor; the plan's reader then says where.
  return { text: new TextDecoder('utf-8').decode(bytes), fileName: said === '-' ? null : said };
}

async function readFileBytes(cwd: string, said: string): Promise<Uint8Array> {
  try {
    const file = await open(path.resolve(cwd, said));
    try {
      const info = await file.stat();
      if (info.isDirectory())
        throw new CliError('usage', `'${said}' is a folder, not a plan.`, { next: 'name a file' });
      return await readStream(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const because = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : code;
    throw new CliError('usage', `The plan '${said}' cannot be read: ${because}.`, {
      next: "name a Markdown or YAML file, or '-' for standard input",
      cause: error,
    });
  }
}

async function readStream(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}
