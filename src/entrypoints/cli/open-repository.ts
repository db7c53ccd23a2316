/** Opens the repository that a command works on, with everything that is kept about it. */
import { openGit } from '../../adapters/git/open-git.ts';
import { openEvidenceFiles } from '../../adapters/local/evidence-files.ts';
import { openGitLedgerStore } from '../../adapters/local/git-ledger-store.ts';
import { isHolderAlive } from '../../adapters/local/processes.ts';
import { findEnvironmentSecrets } from '../../core/text/environment-secrets.ts';
import type { EvidenceStore } from '../../ports/evidence-store.ts';
import type { Git, RepositoryFacts } from '../../ports/git.ts';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import { CliError } from './cli-error.ts';
import type { Session } from './session.ts';
import { SYSTEM_CLOCK } from '../../adapters/clock/system-clock.ts';

/** A repository and what Espalier keeps of it. Ends with `await using`. */
export interface OpenRepository extends AsyncDisposable {
  git: Git;
  facts: RepositoryFacts;
  /** Absolute path of Espalier's own folder for this repository. */
  stateDir: string;
  store: LedgerStore;
  evidence: EvidenceStore;
  isHolderAlive(id: string): Promise<boolean | null>;
}

/** Opens the repository of the session (`--repo`, else the current folder), or refuses with the reason. */
export async function openRepository(session: Session): Promise<OpenRepository> {
  const { env } = session.input;
  const opened = await openGit(session.repositoryDir, {
    env,
    ...(session.stateDir === null ? {} : { stateDir: session.stateDir }),
  });
  if (opened.kind === 'refused') throw new CliError('unfit', opened.because, { next: opened.nextStep });
  const { git, facts, stateDir } = opened;
  return {
    git,
    facts,
    stateDir,
    store: openGitLedgerStore(git, { clock: SYSTEM_CLOCK }),
    evidence: openEvidenceFiles({ stateDir, secrets: findEnvironmentSecrets(env) }),
    isHolderAlive,
    [Symbol.asyncDispose]: async () => git[Symbol.asyncDispose](),
  };
}
