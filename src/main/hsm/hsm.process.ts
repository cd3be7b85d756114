// A PKCS#11 library runs here: a bad one crashes its host, and this host can be had anew.
import { hostChannel } from '../base/index.ts';
import type { Cryptoki } from './cryptoki.ts';
import { serveHsm } from './host.ts';

/** The binding is native code that a machine without a compiler does not have. */
async function binding(): Promise<Cryptoki> {
  const { default: pkcs11 } = await import('pkcs11js');
  return new pkcs11.PKCS11() as unknown as Cryptoki;
}

serveHsm(hostChannel(), binding);
