/** The palette: rooms, commands and whatever the search finds. */
export function Palette(_props: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onKeys: () => void;
}) {
  return null;
}
