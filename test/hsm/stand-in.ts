/**
 * A PKCS#11 library that does what a test tells it: hangs, crashes, lies, runs full, is pulled out.
 * It implements what the process of the HSM calls, over a file that stands for the device; faults are
 * read from it at every call, so a test may change them while the process runs.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { p256 } from '@noble/curves/nist.js';
import { mlDsa65, mlDsa87 } from '../../src/main/crypto/index.ts';
import {
  CKA,
  CKK,
  CKM,
  CKO,
  type Cryptoki,
  type Handle,
  type Mechanism,
  padLabel,
  type Template,
} from '../../src/main/hsm/cryptoki.ts';

export type Fault =
  | 'hang' // answers never
  | 'crash' // takes its process along
  | 'power' // takes the engine along too, before it does anything
  | 'power-after' // the same, once it has done it
  | 'wrong' // a signature of something else
  | 'replay' // a signature that it gave before
  | 'slow' // answers after half a second
  | 'removed' // the token is pulled out
  | 'refused'; // names the mechanism and does not run it

/** A token of the device, and all that is on it. */
export interface DeviceToken {
  readonly label: string;
  readonly serial: string;
  pin: string;
  readonly soPin: string;
  readonly manufacturer: string;
  readonly mechanisms: readonly number[];
  /** Objects that fit on it. */
  readonly room: number;
  wrongPins: number;
  objects: Record<string, StoredObject>;
  /** What it signed last, in base64. */
  lastSignature?: string;
}

interface StoredObject {
  readonly attributes: Record<string, string>;
  /** PKCS #8, or raw bytes of a secret key or of a post-quantum seed. */
  readonly secret?: string;
}

export interface Device {
  tokens: DeviceToken[];
  /** By the function of PKCS#11, such as `C_Sign`. */
  faults: Record<string, Fault>;
}

const CKR = {
  deviceMemory: 0x31,
  deviceRemoved: 0x32,
  mechanismInvalid: 0x70,
  pinIncorrect: 0xa0,
  pinLocked: 0xa4,
};

class StandInError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`0x${code.toString(16)}`);
    this.code = code;
  }
}

export const readDevice = (path: string): Device => JSON.parse(readFileSync(path, 'utf8'));

/** Written aside first: a process that dies between leaves the device as it was. */
export function writeDevice(path: string, device: Device): void {
  writeFileSync(`${path}.new`, JSON.stringify(device), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function changeDevice(path: string, change: (device: Device) => void): void {
  const device = readDevice(path);
  change(device);
  writeDevice(path, device);
}

export const ALL_MECHANISMS: readonly number[] = Object.values(CKM).filter(
  (mechanism) => mechanism !== CKM.ML_DSA && mechanism !== CKM.ML_DSA_KEY_PAIR_GEN,
);

export function newToken(label: string, serial: string, more: Partial<DeviceToken> = {}): DeviceToken {
  return {
    ...{ label, serial, pin: 'user-pin-4711', soPin: 'officer-pin-0815', manufacturer: 'Stand-in' },
    ...{ mechanisms: ALL_MECHANISMS, room: 1_000, wrongPins: 0, objects: {} },
    ...more,
  };
}

const KEY_TYPES: Record<number, number> = {
  [CKM.EC_KEY_PAIR_GEN]: CKK.EC,
  [CKM.EDWARDS_KEY_PAIR_GEN]: CKK.EDWARDS,
  2147486722: CKK.EDWARDS,
  [CKM.ML_DSA_KEY_PAIR_GEN]: CKK.ML_DSA,
};

/** As a maker calls Ed25519 who had it before the standard. */
export const OWN_EDWARDS = { generate: 0x8000_0c02, sign: 0x8000_0c03 } as const;

const handle = (text: string): Handle => Buffer.from(text) as Handle;
const bytesOf = (value: unknown): Buffer => {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  const number = Buffer.alloc(8);
  number.writeUInt32LE(value as number);
  return number;
};
const attributesOf = (template: Template) =>
  Object.fromEntries(template.map(({ type, value }) => [String(type), bytesOf(value).toString('base64')]));

/** The library over a device's file. */
export function createStandIn(): Cryptoki {
  let path = '';
  let loggedIn = false;
  let active: { mechanism: Mechanism; key: Handle } | undefined;
  let found: Handle[] = [];

  /** The power goes: the engine that started this process and the process itself end at once. */
  function losePower(): never {
    process.kill(process.ppid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
    throw new Error('the power is gone');
  }

  /** Every call reads the device anew, and fails as the test wants it to. */
  function at(name: string): Device {
    const device = readDevice(path);
    switch (device.faults[name]) {
      case 'hang':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        break;
      case 'crash':
        process.kill(process.pid, 'SIGKILL');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        break;
      case 'slow':
        writeFileSync(`${path}.slow`, '');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
        break;
      case 'power':
        return losePower();
      case 'removed':
        throw new StandInError(CKR.deviceRemoved);
      case 'refused':
        throw new StandInError(CKR.mechanismInvalid);
      default:
    }
    return device;
  }

  const tokenAt = (device: Device, where: Handle) => {
    const token = device.tokens.find(({ serial }) => serial === where.toString());
    if (token === undefined) throw new StandInError(CKR.deviceRemoved);
    return token;
  };

  /** A library runs what its token names, under that number. */
  function requireNamed(session: Handle, mechanism: number): void {
    if (tokenAt(readDevice(path), session).mechanisms.includes(mechanism)) return;
    throw new StandInError(CKR.mechanismInvalid);
  }

  function put(name: string, session: Handle, objects: [string, StoredObject][]): void {
    const device = at(name);
    const token = tokenAt(device, session);
    if (Object.keys(token.objects).length + objects.length > token.room)
      throw new StandInError(CKR.deviceMemory);
    for (const [id, object] of objects) token.objects[id] = object;
    writeDevice(path, device);
    if (device.faults[name] === 'power-after') losePower();
  }

  function objectAt(name: string, session: Handle, object: Handle): StoredObject {
    const stored = tokenAt(at(name), session).objects[object.toString()];
    if (stored === undefined) throw new StandInError(0x82);
    return stored;
  }

  const newObjectId = () => randomBytes(6).toString('hex');

  function makePair(
    mechanism: number,
    parameterSet: number,
  ): { point: Buffer; type: number; secret: string } {
    if (mechanism === CKM.ML_DSA_KEY_PAIR_GEN) {
      const scheme = parameterSet === 2 ? mlDsa65 : mlDsa87;
      const { publicKey, secretKey } = scheme.keyPair(
        (target) => void target.set(randomBytes(target.byteLength)),
      );
      return { point: publicKey, type: CKA.VALUE, secret: secretKey.toString('base64') };
    }
    const isEdwards = mechanism === CKM.EDWARDS_KEY_PAIR_GEN || mechanism === OWN_EDWARDS.generate;
    const { publicKey, privateKey } = isEdwards
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const point = spki.subarray(isEdwards ? -32 : -65);
    const secret = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    return { point: Buffer.concat([Buffer.of(0x04, point.length), point]), type: CKA.EC_POINT, secret };
  }

  function signWith(
    { mechanism, key }: { mechanism: Mechanism; key: Handle },
    session: Handle,
    data: Buffer,
  ): Buffer {
    const { secret } = objectAt('C_SignInit', session, key);
    const raw = Buffer.from(secret!, 'base64');
    if (mechanism.mechanism === CKM.ML_DSA) {
      return mlDsa65.signer(raw, (target) => void target.set(randomBytes(target.byteLength))).sign(data);
    }
    const privateKey: KeyObject = createPrivateKey({ key: raw, format: 'der', type: 'pkcs8' });
    const isEdwards = mechanism.mechanism === CKM.EDDSA || mechanism.mechanism === OWN_EDWARDS.sign;
    if (isEdwards) return sign(null, data, privateKey);
    return ecdsaOfHash(privateKey, data);
  }

  const gcm = (mechanism: Mechanism) => mechanism.parameter as unknown as { iv: Buffer; aad: Buffer };

  return {
    load(file) {
      path = file;
      readDevice(path);
    },
    C_Initialize: () => void at('C_Initialize'),
    C_Finalize() {},
    C_GetSlotList: () => at('C_GetSlotList').tokens.map(({ serial }) => handle(serial)),
    C_GetTokenInfo(slot) {
      const token = tokenAt(at('C_GetTokenInfo'), slot);
      const flags = 0x400 | (token.wrongPins === 2 ? 0x20000 : 0) | (token.wrongPins >= 3 ? 0x40000 : 0);
      const version = { major: 1, minor: 0 };
      return {
        ...{ label: padLabel(token.label), serialNumber: token.serial, manufacturerID: token.manufacturer },
        ...{ model: 'SI-1', flags, firmwareVersion: version, hardwareVersion: version },
      } as ReturnType<Cryptoki['C_GetTokenInfo']>;
    },
    C_InitToken() {
      throw new StandInError(0x05);
    },
    C_InitPIN() {},
    C_GetMechanismList: (slot) => [...tokenAt(at('C_GetMechanismList'), slot).mechanisms],
    C_OpenSession: (slot) => {
      at('C_OpenSession');
      return slot;
    },
    C_CloseSession() {},
    C_Login(session, user, pin) {
      const device = at('C_Login');
      const token = tokenAt(device, session);
      if (token.wrongPins >= 3) throw new StandInError(CKR.pinLocked);
      const isRight = pin === (user === 0 ? token.soPin : token.pin);
      token.wrongPins = isRight ? 0 : token.wrongPins + 1;
      writeDevice(path, device);
      if (!isRight) throw new StandInError(CKR.pinIncorrect);
      loggedIn = true;
    },
    C_Logout() {
      loggedIn = false;
    },
    C_GenerateKey(session, _mechanism, template) {
      const id = newObjectId();
      const attributes = {
        ...attributesOf(template),
        [CKA.CLASS]: bytesOf(CKO.SECRET_KEY).toString('base64'),
      };
      put('C_GenerateKey', session, [[id, { attributes, secret: randomBytes(32).toString('base64') }]]);
      return handle(id);
    },
    C_GenerateKeyPair(session, { mechanism }, publicTemplate, privateTemplate) {
      requireNamed(session, mechanism);
      const parameter = publicTemplate.find(({ type }) => type === CKA.PARAMETER_SET)?.value;
      const { point, type, secret } = makePair(mechanism, Number(parameter ?? 0));
      // A library says by itself what kind of key it made.
      const keyType = { [CKA.KEY_TYPE]: bytesOf(KEY_TYPES[mechanism]).toString('base64') };
      const own = { ...attributesOf(publicTemplate), ...keyType, [type]: point.toString('base64') };
      const [publicId, privateId] = [newObjectId(), newObjectId()];
      const classOf = (value: number) => ({ [CKA.CLASS]: bytesOf(value).toString('base64') });
      put('C_GenerateKeyPair', session, [
        [publicId, { attributes: { ...own, ...classOf(CKO.PUBLIC_KEY) } }],
        [
          privateId,
          { attributes: { ...attributesOf(privateTemplate), ...classOf(CKO.PRIVATE_KEY) }, secret },
        ],
      ]);
      return { publicKey: handle(publicId), privateKey: handle(privateId) };
    },
    C_CreateObject(session, template) {
      const id = newObjectId();
      const value = template.find(({ type }) => type === CKA.VALUE)?.value;
      const secret = value === undefined ? {} : { secret: bytesOf(value).toString('base64') };
      put('C_CreateObject', session, [[id, { attributes: attributesOf(template), ...secret }]]);
      return handle(id);
    },
    C_DestroyObject(session, object) {
      const device = at('C_DestroyObject');
      delete tokenAt(device, session).objects[object.toString()];
      writeDevice(path, device);
    },
    C_FindObjectsInit(session, template) {
      const wanted = attributesOf(template);
      found = Object.entries(tokenAt(at('C_FindObjectsInit'), session).objects)
        .filter(([, { attributes }]) =>
          Object.entries(wanted).every(([type, value]) => attributes[type] === value),
        )
        .map(([id]) => handle(id));
    },
    C_FindObjects: (_session, count) => found.splice(0, count),
    C_FindObjectsFinal() {},
    C_GetAttributeValue(session, object, template) {
      const { attributes } = objectAt('C_GetAttributeValue', session, object);
      return template.map(({ type }) => ({ type, value: Buffer.from(attributes[type] ?? '', 'base64') }));
    },
    C_SignInit(session, mechanism, key) {
      objectAt('C_SignInit', session, key);
      requireNamed(session, mechanism.mechanism);
      if (!loggedIn) throw new StandInError(0x101);
      active = { mechanism, key };
    },
    C_Sign(session, data) {
      const device = at('C_Sign');
      const fault = device.faults.C_Sign;
      const token = tokenAt(device, session);
      if (fault === 'replay') return Buffer.from(token.lastSignature!, 'base64');
      const signature = signWith(active!, session, fault === 'wrong' ? randomBytes(data.length) : data);
      if (fault === undefined) {
        token.lastSignature = signature.toString('base64');
        writeDevice(path, device);
      }
      return signature;
    },
    C_VerifyInit() {},
    C_Verify: () => true,
    C_EncryptInit(_session, mechanism, key) {
      active = { mechanism, key };
    },
    C_Encrypt(session, data) {
      const { iv, aad } = gcm(active!.mechanism);
      const key = Buffer.from(objectAt('C_Encrypt', session, active!.key).secret!, 'base64');
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
      return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    },
    C_DecryptInit(_session, mechanism, key) {
      active = { mechanism, key };
    },
    C_Decrypt(session, data) {
      const { iv, aad } = gcm(active!.mechanism);
      const key = Buffer.from(objectAt('C_Decrypt', session, active!.key).secret!, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(aad).setAuthTag(data.subarray(-16));
      return Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]);
    },
    C_WrapKey() {
      throw new StandInError(0x69);
    },
    C_UnwrapKey() {
      throw new StandInError(0x05);
    },
    C_GenerateRandom(_session, out) {
      at('C_GenerateRandom');
      return randomBytes(out.length);
    },
  };
}

/** ECDSA over a hash that was made elsewhere, which `node:crypto` does not offer: the curve's own arithmetic. */
function ecdsaOfHash(privateKey: KeyObject, hash: Buffer): Buffer {
  const { d } = privateKey.export({ format: 'jwk' });
  return Buffer.from(p256.sign(hash, Buffer.from(d!, 'base64url'), { prehash: false, lowS: false }));
}
