/** Short calls of docker's or podman's client: bounded in time, with the client's own environment and nothing else. */
import { execa } from 'execa';

import type { ContainerEngine } from '../../core/sandbox/container-args.ts';

/** A client that was found, and how it reaches its engine. */
export interface ContainerClient {
  engine: ContainerEngine;
  /** The program and the arguments that every call begins with. */
  argv: readonly string[];
  /** The client's whole environment. */
  env: Readonly<Record<string, string>>;
}

/** What a call gave. `failure` is `null` when it succeeded, else one line. */
export interface ClientAnswer {
  stdout: string;
  failure: string | null;
}

const CALL_WITHIN_MS = 30_000;

/** Calls the client. Never rejects. */
export async function callClient(
  client: ContainerClient,
  args: readonly string[],
  options: { input?: Uint8Array; env?: Readonly<Record<string, string>>; withinMs?: number } = {},
): Promise<ClientAnswer> {
  const [file = '', ...first] = client.argv;
  const result = await execa(file, [...first, ...args], {
    reject: false,
    extendEnv: false,
    env: { ...options.env, ...client.env },
    timeout: options.withinMs ?? CALL_WITHIN_MS,
    forceKillAfterDelay: 500,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  if (!result.failed) return { stdout: result.stdout, failure: null };
  const said = result.timedOut ? `${client.engine} did not answer in time` : result.stderr || result.shortMessage;
  return { stdout: result.stdout, failure: (said ?? 'failed').replace(/\s+/g, ' ').trim().slice(-500) };
}
