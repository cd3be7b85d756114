import { CountersignError } from '../base/index.ts';

/**
 * A service of whatever vault is open at the moment of each call. The router is built once,
 * the vault behind it comes and goes; with none open every access answers VAULT_CLOSED.
 */
export function lateBound<T extends object>(current: () => T | undefined): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const service = current();
      if (!service) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
      const member = Reflect.get(service, name);
      return typeof member === 'function' ? member.bind(service) : member;
    },
  });
}
