/** Loaded before everything else: a runtime whose `node:crypto` has no ML-DSA, so that noble signs. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { sign } = crypto;
crypto.sign = (...given) => {
  const key = given[2]?.key ?? given[2];
  if (key?.asymmetricKeyType?.startsWith('ml-dsa')) throw new Error('This runtime has no ML-DSA.');
  return sign(...given);
};
syncBuiltinESMExports();
