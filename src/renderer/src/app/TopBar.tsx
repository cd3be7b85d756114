import { Button, Menu, MenuDivider, MenuItem, PopoverNext } from '@blueprintjs/core';
import {
  CaretDown,
  Contrast,
  Flash,
  Key,
  KeyCommand,
  Lock,
  Moon,
  Person,
  Search,
  Shield,
  Tick,
  Translate,
} from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { WaitingMark } from '../approvals/Watch.tsx';
import { KeyCaps, type Language, useLanguage } from '../kit/index.ts';
import { t as people } from '../operators/messages.ts';
import { ProfileDialog } from '../operators/ProfileDialog.tsx';
import { signOut, useSession } from '../operators/useSession.ts';
import { lockSession, lockVault, verifyBooks } from './commands.ts';
import { orpc } from './data.ts';
import { chooseLanguage } from './language.ts';
import { t } from './messages.ts';
import { setTheme, type Theme, useTheme } from './theme.ts';

export function TopBar({ onSearch, onKeys }: { readonly onSearch: () => void; readonly onKeys: () => void }) {
  const status = useQuery(orpc.vault.status.queryOptions());
  const name = status.data?.name ?? '';
  const operator = useSession(true).data?.operator;
  const [showsProfile, setShowsProfile] = useState(false);
  return (
    <header className="cs-top">
      <span className="cs-brand">
        <span className="cs-brand-mark" aria-hidden="true" />
        {t('app.name')}
      </span>
      <PopoverNext
        placement="bottom-start"
        arrow={false}
        animation="minimal"
        content={
          <div>
            <p className="cs-menu-note">
              {t('menu.vaultFolder', { directory: status.data?.directory ?? '' })}
            </p>
            <p className="cs-menu-note">
              {t('menu.generation', {
                generation: status.data?.generation ?? 0,
                schema: status.data?.schemaVersion ?? 0,
              })}
            </p>
            <Menu>
              <MenuItem icon={<Shield />} text={t('menu.verify')} onClick={() => void verifyBooks()} />
              <MenuItem icon={<Lock />} text={t('menu.lock')} onClick={() => void lockVault()} />
            </Menu>
          </div>
        }
      >
        <Button variant="minimal" size="small" endIcon={<CaretDown />} title={t('top.vault', { name })}>
          {name}
          {status.data?.demo && <span className="cs-muted"> · {t('top.demo')}</span>}
        </Button>
      </PopoverNext>
      <button type="button" className="cs-search-button" onClick={onSearch}>
        <Search />
        <span>{t('top.search')}</span>
        <KeyCaps combo="mod+k" />
      </button>
      <WaitingMark />
      <PopoverNext
        placement="bottom-end"
        arrow={false}
        animation="minimal"
        content={<OperatorMenu onKeys={onKeys} onProfile={() => setShowsProfile(true)} />}
      >
        <Button
          variant="minimal"
          size="small"
          icon={<Person />}
          endIcon={<CaretDown />}
          title={t('top.menu')}
        >
          {operator?.name ?? `${t('top.operator')} · ${t('top.desk')}`}
        </Button>
      </PopoverNext>
      {showsProfile && operator && (
        <ProfileDialog operator={operator} onClose={() => setShowsProfile(false)} />
      )}
    </header>
  );
}

/** Each language under its own name, so that whoever reads only that one finds it. */
const LANGUAGES: readonly (readonly [language: Language, name: string])[] = [
  ['en', 'English'],
  ['vi', 'Tiếng Việt'],
];

function OperatorMenu(props: { readonly onKeys: () => void; readonly onProfile: () => void }) {
  const { onKeys, onProfile } = props;
  const theme = useTheme();
  const language = useLanguage();
  const operator = useSession(true).data?.operator;
  const choice = (value: Theme, text: string, icon: React.JSX.Element) => (
    <MenuItem
      icon={icon}
      text={text}
      labelElement={theme === value ? <Tick /> : undefined}
      onClick={() => setTheme(value)}
      shouldDismissPopover={false}
    />
  );
  return (
    <div>
      <p className="cs-menu-note">
        {operator ? people('menu.signedIn', { name: operator.name }) : people('menu.shared')}
      </p>
      <p className="cs-menu-note">{t('menu.theme')}</p>
      <Menu>
        {choice('light', t('menu.light'), <Flash />)}
        {choice('dark', t('menu.dark'), <Moon />)}
        {choice('system', t('menu.system'), <Contrast />)}
        <MenuDivider title={t('menu.language')} />
        {LANGUAGES.map(([value, name]) => (
          <MenuItem
            key={value}
            icon={<Translate />}
            text={<span lang={value}>{name}</span>}
            labelElement={language === value ? <Tick /> : undefined}
            onClick={() => void chooseLanguage(value)}
            shouldDismissPopover={false}
          />
        ))}
        <MenuDivider />
        {operator && (
          <>
            <MenuItem icon={<Key />} text={people('menu.profile')} onClick={onProfile} />
            <MenuItem
              icon={<Person />}
              text={people('menu.switch')}
              labelElement={<KeyCaps combo="mod+shift+u" />}
              onClick={() => void signOut()}
            />
          </>
        )}
        <MenuItem icon={<KeyCommand />} text={t('menu.keys')} onClick={onKeys} />
        <MenuItem
          icon={<Lock />}
          text={t('menu.lockSession')}
          labelElement={<KeyCaps combo="mod+shift+l" />}
          onClick={() => void lockSession()}
        />
        <MenuItem icon={<Lock />} text={t('menu.lock')} onClick={() => void lockVault()} />
      </Menu>
    </div>
  );
}
