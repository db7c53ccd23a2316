/** People and organizations. */
import { addAccount } from '../registry.ts';
import type { Account } from '../state.ts';
import { accountOf, type World } from '../world.ts';

/** Adds a person. */
export async function addPerson(world: World, login: string, name?: string): Promise<Account> {
  return addAccount(world, login, 'User', { name });
}

/** Adds an organization. */
export async function addOrganization(world: World, login: string): Promise<Account> {
  return addAccount(world, login, 'Organization');
}

/** Gives an account another login: everything that it owns and wrote shows the new one. */
export async function renameAccount(world: World, login: string, newLogin: string): Promise<Account> {
  return world.atomically(async () => {
    const { state } = world;
    const account = accountOf(state, login);
    const from = account.login;
    state.accounts.delete(from.toLowerCase());
    account.login = newLogin;
    state.accounts.set(newLogin.toLowerCase(), account);
    for (const installation of state.installations.values())
      if (installation.accountLogin === from) installation.accountLogin = newLogin;
    for (const app of state.apps.values()) if (app.ownerLogin === from) app.ownerLogin = newLogin;
    for (const repository of state.repositories.values()) {
      if (repository.owner === from) {
        state.formerNames.set(`${from}/${repository.name}`.toLowerCase(), repository.id);
        repository.owner = newLogin;
      }
      const role = repository.collaborators.get(from.toLowerCase());
      if (role !== undefined) {
        repository.collaborators.delete(from.toLowerCase());
        repository.collaborators.set(newLogin.toLowerCase(), role);
      }
      for (const written of [
        ...repository.issues.values(),
        ...repository.comments.values(),
        ...repository.reviews.values(),
      ])
        if (written.author === from) written.author = newLogin;
    }
    return account;
  });
}
