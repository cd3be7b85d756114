import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  lock(): void;
  showMessageCatalogue(): void;
}

/** The menu as a template. Reloading and the developer tools are for development only. */
export function menuTemplate(
  { isPackaged, isMac }: { isPackaged: boolean; isMac: boolean },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const development: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Lock the vault', accelerator: 'CmdOrCtrl+Shift+L', click: () => actions.lock() },
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : development),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'ISO 20022 message catalogue', click: () => actions.showMessageCatalogue() }],
    },
  ];
}
