/** What one decision about a plan issue reads. */
import type { HolderId } from '../ledger/ledger.ts';
import type { EffectOutcome } from './effect.ts';
import type { Click, ForgeFacts } from './facts.ts';
import type { HostedConfig } from './hosted-config.ts';
import type { HostedState } from './state.ts';

/** All that a decision reads. */
export interface HostedInput {
  state: HostedState;
  facts: ForgeFacts;
  /** What came of the effects of this process's last decision. */
  outcomes: ReadonlyMap<string, EffectOutcome>;
  clicks: readonly Click[];
  config: HostedConfig;
  replica: HolderId;
}
