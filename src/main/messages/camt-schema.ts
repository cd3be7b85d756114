/**
 * Which elements of camt.052, .053 and .054 are read and what each one sets. One tree serves the
 * versions .001.01 to .001.13: where versions differ (`Sts` as text or with `Cd`) both forms are in it.
 * Elements that are not in the tree are skipped.
 */

import type { ElementNode } from './camt-nodes.ts';
import * as nodes from './camt-nodes.ts';
import type { CamtRecord } from './camt-record.ts';
import { amountDetails, bankTransactionCode, charges, transactionDetails } from './camt-schema-details.ts';

type CamtNode = ElementNode<CamtRecord>;

const amount = nodes.amount<CamtRecord>;
const date = nodes.date<CamtRecord>;
const direction = nodes.direction<CamtRecord>;
const group = nodes.group<CamtRecord>;
const text = nodes.text<CamtRecord>;

const statusLeaf = text((reader, value) => {
  reader.entry.status = reader.readStatus(value);
});

/** `Sts` is text up to version .06 and a choice of `Cd` and `Prtry` from .07 on. */
const status: CamtNode = {
  children: new Map([
    ['Cd', statusLeaf],
    [
      'Prtry',
      text((reader) => {
        // A bank's own status is no booking.
        reader.entry.status = 'info';
      }),
    ],
  ]),
  leaf: true,
  close: (reader, value) => {
    if (value !== '') reader.entry.status = reader.readStatus(value);
  },
};

const detailsGroup = group(
  { TxDtls: transactionDetails },
  { open: (reader, byteStart) => reader.endEntryHead(byteStart) },
);

const entry = group(
  {
    NtryRef: text((reader, value) => {
      reader.entry.reference = value;
    }),
    Amt: amount((reader, value) => {
      reader.entry.amount = value;
    }),
    CdtDbtInd: direction((reader, value) => {
      reader.entry.direction = value;
    }),
    RvslInd: text((reader, value) => {
      reader.entry.reversal = reader.readBoolean(value);
    }),
    Sts: status,
    BookgDt: group(
      date((reader, value) => {
        reader.entry.bookingDate = value;
      }),
    ),
    ValDt: group(
      date((reader, value) => {
        reader.entry.valueDate = value;
      }),
    ),
    AcctSvcrRef: text((reader, value) => {
      reader.entry.shared.accountServicerReference = value;
    }),
    BkTxCd: bankTransactionCode,
    AmtDtls: amountDetails,
    Chrgs: charges,
    NtryDtls: detailsGroup,
    // In the first version details stand directly in the entry.
    TxDtls: transactionDetails,
    AddtlNtryInf: text((reader, value) => {
      reader.entry.shared.additionalInfo = value;
    }),
  },
  {
    open: (reader, byteStart) => reader.openEntry(byteStart),
    close: (reader, _, byteEnd) => reader.closeEntry(byteEnd),
  },
);

const balanceCode = text((reader, value) => {
  reader.balance.code = value;
});
const balanceSubType = text((reader, value) => {
  reader.balance.subType = value;
});

const balance = group(
  {
    Tp: group({
      Cd: balanceCode,
      Prtry: balanceCode,
      CdOrPrtry: group({ Cd: balanceCode, Prtry: balanceCode }),
      SubTp: group({ Cd: balanceSubType, Prtry: balanceSubType }),
    }),
    Amt: amount((reader, value) => {
      reader.balance.amount = value;
    }),
    CdtDbtInd: direction((reader, value) => {
      reader.balance.direction = value;
    }),
    Dt: group(
      date((reader, value) => {
        reader.balance.date = value;
      }),
    ),
  },
  {
    open: (reader, byteStart) => reader.openBalance(byteStart),
    close: (reader, _, byteEnd) => reader.closeBalance(byteEnd),
  },
);

const otherAccountId = text((reader, value) => reader.setAccount(value, false));
const servicerBic = text((reader, value) => {
  reader.account.servicerBic = value;
});

const account = group({
  Id: group({
    IBAN: text((reader, value) => reader.setAccount(value, true)),
    BBAN: otherAccountId,
    UPIC: otherAccountId,
    PrtryAcct: group({ Id: otherAccountId }),
    Othr: group({ Id: otherAccountId }),
  }),
  Ccy: text((reader, value) => {
    reader.account.currency = reader.readCurrency(value);
  }),
  Nm: text((reader, value) => {
    reader.account.ownerName ??= value;
  }),
  Ownr: group({
    Nm: text((reader, value) => {
      reader.account.ownerName = value;
    }),
    Pty: group({
      Nm: text((reader, value) => {
        reader.account.ownerName = value;
      }),
    }),
  }),
  Svcr: group({ FinInstnId: group({ BIC: servicerBic, BICFI: servicerBic }) }),
});

const pagination = group({
  PgNb: text((reader, value) => {
    reader.header.page = value;
  }),
  LastPgInd: text((reader, value) => {
    reader.header.lastPage = reader.readBoolean(value);
  }),
});

const summaryOf = (side: 'all' | 'credit' | 'debit'): CamtNode =>
  group({
    NbOfNtries: text((reader, value) => {
      reader.summary[side].count = value;
    }),
  });

const fromDate = text((reader, value) => {
  reader.header.fromDate = reader.readDate(value);
});
const toDate = text((reader, value) => {
  reader.header.toDate = reader.readDate(value);
});

const statement = group(
  {
    Id: text((reader, value) => {
      reader.header.statementId = value;
    }),
    StmtPgntn: pagination,
    RptPgntn: pagination,
    NtfctnPgntn: pagination,
    ElctrncSeqNb: text((reader, value) => {
      reader.header.sequenceNumber ??= value;
    }),
    LglSeqNb: text((reader, value) => {
      reader.header.sequenceNumber = value;
    }),
    CreDtTm: text((reader, value) => {
      reader.header.createdAt = value;
    }),
    FrToDt: group({ FrDtTm: fromDate, ToDtTm: toDate, FrDt: fromDate, ToDt: toDate }),
    CpyDplctInd: text((reader, value) => {
      reader.header.copyDuplicate = value;
    }),
    Acct: account,
    Bal: balance,
    TxsSummry: group({
      TtlNtries: summaryOf('all'),
      TtlCdtNtries: summaryOf('credit'),
      TtlDbtNtries: summaryOf('debit'),
    }),
    Ntry: entry,
  },
  {
    open: (reader, byteStart) => reader.openStatement(byteStart),
    close: (reader, _, byteEnd) => reader.closeStatement(byteEnd),
  },
);

const groupHeader = group({
  MsgId: text((reader, value) => {
    reader.message.id = value;
  }),
  CreDtTm: text((reader, value) => {
    reader.message.createdAt = value;
  }),
});

/** What a message of each type is called and what its statements are called. */
export const CAMT_MESSAGES = {
  'camt.052': { body: 'BkToCstmrAcctRpt', statement: 'Rpt' },
  'camt.053': { body: 'BkToCstmrStmt', statement: 'Stmt' },
  'camt.054': { body: 'BkToCstmrDbtCdtNtfctn', statement: 'Ntfctn' },
} as const;

export type CamtType = keyof typeof CAMT_MESSAGES;

function treeOf(type: CamtType): CamtNode {
  const { body, statement: name } = CAMT_MESSAGES[type];
  const content = group({ GrpHdr: groupHeader, [name]: statement });
  // The first version had its version in the name of the element.
  return group({ [body]: content, [`${body}V01`]: content });
}

/** The trees below `Document`, by message type. */
export const CAMT_TREES: Readonly<Record<CamtType, CamtNode>> = {
  'camt.052': treeOf('camt.052'),
  'camt.053': treeOf('camt.053'),
  'camt.054': treeOf('camt.054'),
};
