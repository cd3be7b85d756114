/** The namespace declarations in force while elements open and close (Namespaces in XML 1.0). */

const NAMESPACE_OF_XML = 'http://www.w3.org/XML/1998/namespace';

export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

interface Scope {
  readonly depth: number;
  readonly bindings: ReadonlyMap<string, string>;
}

export class NamespaceScopes {
  readonly #scopes: Scope[] = [];
  #bindings: ReadonlyMap<string, string> = new Map([['xml', NAMESPACE_OF_XML]]);
  #default = '';

  /** The namespace of an element's prefix; undefined where it is not declared. */
  of(prefix: string): string | undefined {
    return prefix === '' ? this.#default : this.#bindings.get(prefix);
  }

  /**
   * Takes up the declarations of a start tag at `depth` and checks the prefixes of its other attributes.
   * Gives what is wrong, or undefined.
   */
  open(attributes: readonly XmlAttribute[], depth: number): 'not-declared' | 'not-allowed' | undefined {
    let bindings: Map<string, string> | undefined;
    for (const { name, value } of attributes) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      const prefix = name === 'xmlns' ? '' : name.slice(6);
      const uri = value.trim();
      const isXml = prefix === 'xml';
      if (prefix === 'xmlns' || (prefix !== '' && uri === '') || isXml !== (uri === NAMESPACE_OF_XML)) {
        return 'not-allowed';
      }
      bindings ??= new Map(this.#bindings);
      bindings.set(prefix, uri);
    }
    const inForce = bindings ?? this.#bindings;
    for (const { name } of attributes) {
      const colon = name.indexOf(':');
      if (colon > 0 && !name.startsWith('xmlns:') && !inForce.has(name.slice(0, colon)))
        return 'not-declared';
    }
    if (bindings !== undefined) {
      this.#scopes.push({ depth, bindings: this.#bindings });
      this.#bindings = bindings;
      this.#default = bindings.get('') ?? '';
    }
    return undefined;
  }

  /** The element that was open has closed; `depth` elements are open now. */
  close(depth: number): void {
    const scope = this.#scopes[this.#scopes.length - 1];
    if (scope === undefined || scope.depth <= depth) return;
    this.#scopes.pop();
    this.#bindings = scope.bindings;
    this.#default = scope.bindings.get('') ?? '';
  }
}
