/** A small writer of XML: elements in, indented text out. Only what the camt writer needs. */
export type XmlNode = {
  readonly name: string;
  readonly attributes: string;
  readonly content: string | readonly XmlNode[];
};
export type XmlChild = XmlNode | undefined | false;

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An element with children; those that are not there are left out. */
export function element(name: string, ...children: readonly XmlChild[]): XmlNode {
  return { name, attributes: '', content: children.filter((child): child is XmlNode => Boolean(child)) };
}

/** An element with text. */
export function leaf(name: string, text: string, attributes = ''): XmlNode {
  return { name, attributes, content: escapeXml(text) };
}

/** The element on one line. */
function inline(node: XmlNode): string {
  const inner = typeof node.content === 'string' ? node.content : node.content.map(inline).join('');
  return `<${node.name}${node.attributes}>${inner}</${node.name}>`;
}

/** True for text, and for a chain of elements that holds one text at its end. */
function isChain(node: XmlNode): boolean {
  return typeof node.content === 'string' || (node.content.length === 1 && isChain(node.content[0]!));
}

/** The element as text, one blank of indent a level and a chain on one line: easy to read, not long. */
export function render(node: XmlNode, depth = 0): string {
  const indent = ' '.repeat(depth);
  if (typeof node.content === 'string' || isChain(node)) return `${indent}${inline(node)}\n`;
  const children = node.content.map((child) => render(child, depth + 1)).join('');
  return `${indent}<${node.name}${node.attributes}>\n${children}${indent}</${node.name}>\n`;
}
