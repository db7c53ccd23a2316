/**
 * What the forge of one repository remembers from one call to the next. All of it can be lost at any time and is then
 * read again; none of it decides anything.
 */
import type { BranchName } from '../../core/brand.ts';
import { BoundedCache } from './bounded-cache.ts';

/** How a repository is addressed. Names change when it is renamed or transferred; the id does not. */
export interface RepositoryAddress {
  id: number;
  owner: string;
  name: string;
}

export interface RepositoryMemory {
  /** With the names that GitHub last gave. */
  address: RepositoryAddress;
  nodeId: string | null;
  defaultBranch: BranchName | null;
  /** What the base that was read last asks of landings, as far as the list of its rules may not tell. */
  lastBase: { base: BranchName; hasMergeQueue: boolean; asksForGate: boolean } | null;
  /** Node ids of labels by name in lower case. */
  readonly labelIds: BoundedCache<string, string>;
  /** Node ids of issues and pull requests by number. */
  readonly threadIds: BoundedCache<number, string>;
  /** By node id of a comment that was never edited: whether it holds a command. */
  readonly commandMarks: BoundedCache<string, boolean>;
  /** SHA-256 of the artifacts of a run, by run id and name. */
  readonly artifacts: BoundedCache<number, ReadonlyMap<string, string>>;
}

/** An empty memory. */
export function openRepositoryMemory(address: RepositoryAddress): RepositoryMemory {
  return {
    address,
    nodeId: null,
    defaultBranch: null,
    lastBase: null,
    labelIds: new BoundedCache(1000),
    threadIds: new BoundedCache(10_000),
    commandMarks: new BoundedCache(20_000),
    artifacts: new BoundedCache(50_000, (names) => names.size + 1),
  };
}
