/** The page's own scheme, instead of `file://`, which could reach any file of the machine. */
export const PAGE_SCHEME = 'countersign';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;

/** Whether an address is of something that our page itself holds in memory. */
export const isOwnBlob = (address: string): boolean => address.startsWith(`blob:${PAGE_ORIGIN}/`);

/** The path of an address of ours; null where the address is not ours. */
export function pagePathOf(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || url.protocol !== `${PAGE_SCHEME}:` || url.host !== 'app') return null;
  if (url.username !== '' || url.password !== '' || url.port !== '') return null;
  return url.pathname;
}
