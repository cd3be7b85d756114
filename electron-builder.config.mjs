/** How the desktop app is packaged: the bundle, the packages it needs, the native ones beside the archive. */
export default {
  appId: 'app.countersign.console',
  productName: 'Countersign',
  directories: { output: 'dist', buildResources: 'build/packaging' },
  files: [
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'resources/demo/**',
    'package.json',
    // What only a compiler would read.
    '!node_modules/better-sqlite3/{deps,src}/**',
    '!node_modules/pkcs11js/{src,includes}/**',
    '!node_modules/pkcs11js/build/Release/obj.target/**',
    '!**/*.{d.ts,d.mts,d.cts,map,md}',
  ],
  asar: true,
  // Native modules are loaded by the operating system, which cannot look into an archive.
  asarUnpack: ['node_modules/better-sqlite3/**', 'node_modules/@node-rs/**', '**/*.node'],
  npmRebuild: false,
  electronLanguages: ['en'],
  afterPack: './build/packaging/fuses.mjs',
  linux: { target: ['AppImage'], category: 'Office' },
  mac: { target: ['dmg'], category: 'public.app-category.finance', hardenedRuntime: true },
  win: { target: ['nsis'] },
};
