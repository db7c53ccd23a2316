/** How large a pack may be. */
import type { EspalierConfig } from '../../core/config/config.ts';

// Far above what the rules let pass, as where the change is taken in: a change that breaks a limit is refused by name.
const MIN_PACK_BYTES = 256 * 1024 * 1024;

/** Most bytes of the pack of a change that these limits are for. */
export function maxPackBytes({ maxChangeBytes }: Pick<EspalierConfig['limits'], 'maxChangeBytes'>): number {
  return Math.max(MIN_PACK_BYTES, 2 * maxChangeBytes);
}
