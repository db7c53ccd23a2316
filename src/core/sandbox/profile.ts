/** What each profile demands and permits. */
import type { Profile } from '../plan/plan.ts';
import { PROPERTIES, type PropertyName } from './property.ts';

/** The rules of one profile. */
export interface ProfileRules {
  /** Whether a run may ask for `network: 'open'`. */
  mayOpenNetwork: boolean;
  /** Whether programs may be started from the private tmpfs (/tmp, the home folder, /dev/shm). */
  mayExecuteInTmp: boolean;
  /** Properties that the engine must enforce, or that must be waived by name. */
  required: readonly PropertyName[];
}

// Under `development` both are the point of the profile. A run that asks for no network gets none all the same.
const NOT_IN_DEVELOPMENT: readonly PropertyName[] = ['no-network', 'tmp-noexec'];

/** Rules by profile. */
export const PROFILE_RULES: Readonly<Record<Profile, ProfileRules>> = {
  strict: { mayOpenNetwork: false, mayExecuteInTmp: false, required: PROPERTIES },
  development: {
    mayOpenNetwork: true,
    mayExecuteInTmp: true,
    required: PROPERTIES.filter((property) => !NOT_IN_DEVELOPMENT.includes(property)),
  },
};
