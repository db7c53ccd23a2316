/** What the opening of one engine gives. */
import type { EngineProbe } from '../../core/sandbox/choose-engine.ts';
import type { PropertyName } from '../../core/sandbox/property.ts';
import type { Sandbox } from '../../ports/sandbox.ts';

/** A probe, and if the engine works the maker of its sandbox. */
export interface OpenedEngine {
  probe: EngineProbe;
  /** `null` exactly if the probe says that the engine does not work. */
  createSandbox: ((waived: readonly PropertyName[]) => Sandbox) | null;
}
