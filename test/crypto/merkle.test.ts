import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CompleteNode,
  EMPTY_ROOT,
  Frontier,
  inclusionProof,
  leafHash,
  merkleRoot,
  nodeHash,
  verifyInclusion,
} from '../../src/main/crypto/merkle.ts';

/** The entries and roots that the Certificate Transparency projects test their trees with. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const LEAVES = ENTRIES.map((entry) => leafHash(Buffer.from(entry, 'hex')));

const someLeaves = (count: number) =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(String(i))));

describe('the Merkle tree of RFC 9162', () => {
  test.each(ROOTS.map((root, size) => [size, root] as const))('root over %i known leaves', (size, root) => {
    expect(merkleRoot(LEAVES.slice(0, size)).toString('hex')).toBe(root);
  });

  test('the empty tree has the hash of nothing', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe(ROOTS[0]);
    expect(new Frontier().root()).toEqual(EMPTY_ROOT);
  });

  /** Section 2.1.1 word for word, as an independent reckoning. */
  const recursiveRoot = (leaves: Buffer[]): Buffer => {
    if (leaves.length === 0) return EMPTY_ROOT;
    if (leaves.length === 1) return leaves[0]!;
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return nodeHash(recursiveRoot(leaves.slice(0, k)), recursiveRoot(leaves.slice(k)));
  };

  test('the frontier agrees with the definition at every size', () => {
    const frontier = new Frontier();
    const leaves = someLeaves(130);
    for (let size = 1; size <= leaves.length; size += 1) {
      frontier.append(leaves[size - 1]!);
      expect(frontier.root()).toEqual(recursiveRoot(leaves.slice(0, size)));
    }
  });

  test('a frontier goes on from its state, and a copy goes its own way', () => {
    const leaves = someLeaves(77);
    const whole = new Frontier();
    for (const leaf of leaves) whole.append(leaf);
    const half = new Frontier();
    for (const leaf of leaves.slice(0, 40)) half.append(leaf);
    const copy = half.copy();
    copy.append(leaves[0]!);
    const resumed = new Frontier(half.state());
    for (const leaf of leaves.slice(40)) resumed.append(leaf);
    expect(resumed.root()).toEqual(whole.root());
    expect(half.size).toBe(40);
    expect(() => new Frontier({ size: 3, peaks: [leaves[0]!] })).toThrow(RangeError);
  });

  test('complete nodes are told once each, and subtrees can be appended by their root', () => {
    const leaves = someLeaves(64 + 16 + 3);
    const nodes: CompleteNode[] = [];
    const frontier = new Frontier();
    for (const leaf of leaves) frontier.append(leaf, (node) => nodes.push(node));
    expect(nodes).toHaveLength(63 + 15 + 1);
    const node = (height: number, position: number) =>
      nodes.find((candidate) => candidate.height === height && candidate.position === position)!.hash;
    expect(node(4, 4)).toEqual(merkleRoot(leaves, 64, 80));
    const other = new Frontier();
    other.appendSubtree(6, node(6, 0));
    other.appendSubtree(4, node(4, 4));
    for (const leaf of leaves.slice(80)) other.append(leaf);
    expect(other.root()).toEqual(frontier.root());
    expect(() => other.appendSubtree(4, node(4, 4))).toThrow(RangeError);
  });
});

describe('inclusion proofs', () => {
  test('each leaf of each size is proven', () => {
    const leaves = someLeaves(40);
    for (let size = 1; size <= leaves.length; size += 1) {
      const tree = leaves.slice(0, size);
      const root = merkleRoot(tree);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(tree, index);
        expect(verifyInclusion({ leaf: tree[index]!, index, size, proof, root })).toBe(true);
      }
    }
  });

  test('what was changed is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), fc.nat(), (size, at, other, bit) => {
        const leaves = someLeaves(size);
        const index = at % size;
        const root = merkleRoot(leaves);
        const claim = { leaf: leaves[index]!, index, size, proof: inclusionProof(leaves, index), root };
        const elsewhere = other % size;
        if (elsewhere !== index) {
          expect(verifyInclusion({ ...claim, index: elsewhere })).toBe(false);
          expect(verifyInclusion({ ...claim, leaf: leaves[elsewhere]! })).toBe(false);
        }
        const node = bit % claim.proof.length;
        const proof = claim.proof.map((hash) => Buffer.from(hash));
        proof[node]![bit % 32]! ^= 1 << (bit % 8);
        expect(verifyInclusion({ ...claim, proof })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, root] })).toBe(false);
        expect(verifyInclusion({ ...claim, size: index })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('an index outside the tree has no proof', () => {
    expect(() => inclusionProof(LEAVES, LEAVES.length)).toThrow(RangeError);
    expect(() => inclusionProof(LEAVES, -1)).toThrow(RangeError);
  });
});
