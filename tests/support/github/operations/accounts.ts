import type { Account } from '../state.ts';
import type { World } from '../world.ts';

/** To be built. */
export async function addPerson(world: World, login: string, name?: string): Promise<Account> {
  throw new Error(`not built: addPerson`);
}

/** To be built. */
export async function addOrganization(world: World, login: string): Promise<Account> {
  throw new Error(`not built: addOrganization`);
}

/** To be built. */
export async function renameAccount(world: World, login: string, newLogin: string): Promise<Account> {
  throw new Error(`not built: renameAccount`);
}
