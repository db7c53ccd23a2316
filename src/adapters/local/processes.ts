/**
 * Who holds a lease, so that a killed process is known to be dead at once on the same machine. A process number is
 * used again; together with the time that the kernel started it, the boot and the PID namespace, it is not.
 */
import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';

/** One process, for as long as its machine is up. */
export interface HolderIdentity {
  /** All of the below and a random part in one word of at most 200 characters; names the holder in a ledger. */
  id: string;
  host: string;
  /** The machine's boot, 8 hex digits of the kernel's id; `0` where there is none to be read. */
  bootId: string;
  /** The PID namespace's number; `0` where there is none to be read. */
  pidNamespace: string;
  pid: number;
  /** Clock ticks from boot to start (proc(5), field 22 of `stat`); `0` where it cannot be read. */
  startTime: string;
}

const SEPARATOR = ':';

/** The identity of this process. Different on each call in its random part. */
export async function describeThisProcess(): Promise<HolderIdentity> {
  const parts = {
    host:
      os
        .hostname()
        .replace(/[^A-Za-z0-9.-]/g, '-')
        .slice(0, 100) || 'unknown',
    ...(await describeMachine()),
    pid: process.pid,
    startTime: (await readStart(process.pid))?.startTime ?? '0',
  };
  const words = [
    parts.host,
    parts.bootId,
    parts.pidNamespace,
    parts.pid,
    parts.startTime,
    randomBytes(4).toString('hex'),
  ];
  return { id: words.join(SEPARATOR), ...parts };
}

/** Reads a holder's id back; `null` if it is not one. */
export function readHolderId(id: string): HolderIdentity | null {
  const words = id.split(SEPARATOR);
  const [host, bootId, pidNamespace, pid, startTime] = words;
  if (words.length !== 6 || !host || !bootId || !pidNamespace || !startTime || !/^[1-9]\d{0,9}$/.test(pid ?? ''))
    return null;
  return { id, host, bootId, pidNamespace, pid: Number(pid), startTime };
}

/**
 * Is the process that has this id alive? `null` if that cannot be known from here: another machine, another
 * container, or an id of another making. An earlier boot of this machine is dead.
 */
export async function isHolderAlive(id: string): Promise<boolean | null> {
  const holder = readHolderId(id);
  if (holder === null) return null;
  const here = {
    host:
      os
        .hostname()
        .replace(/[^A-Za-z0-9.-]/g, '-')
        .slice(0, 100) || 'unknown',
    ...(await describeMachine()),
  };
  if (holder.host !== here.host) return null;
  if (holder.bootId !== here.bootId) return holder.bootId === '0' || here.bootId === '0' ? null : false;
  if (holder.pidNamespace !== here.pidNamespace) return null;
  const found = await readStart(holder.pid);
  if (found !== null) return !found.isGone && (holder.startTime === '0' || found.startTime === holder.startTime);
  return here.bootId === '0' ? answersSignals(holder.pid) : false;
}

async function describeMachine(): Promise<{ bootId: string; pidNamespace: string }> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return {
    bootId: boot.trim().replaceAll('-', '').slice(0, 8) || '0',
    pidNamespace: /\[(\d+)\]/.exec(namespace)?.[1] ?? '0',
  };
}

/** Start time and state from `/proc/<pid>/stat`; the name in it may hold spaces and brackets, so count from its end. */
async function readStart(pid: number): Promise<{ startTime: string; isGone: boolean } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Fields 3 (state) and 22 (start time) of proc(5). A zombie has ended, only nobody has asked yet.
  const [state = '', startTime = '0'] = [fields[0], fields[19]];
  return { startTime, isGone: state === 'Z' || state === 'X' };
}

/** Without /proc (macOS): a process that answers may be another of the same number, so only "no" is certain. */
function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
