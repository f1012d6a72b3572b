// The user table that the app has: what it knows of a person, in its own words.
import { createUsers, type Users } from '@gatehouse-examples/shared';

export interface Member {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly mail: string;
  readonly mailChecked: boolean;
  readonly phone: string;
  readonly home: {
    readonly street: string;
    readonly city: string;
    readonly zip: string;
    readonly country: string;
  };
  readonly changedAt: Date;
}

const ada: Member = {
  id: 'ada',
  givenName: 'Ada',
  familyName: 'Byron',
  mail: 'ada@acme.example',
  mailChecked: true,
  phone: '+44 20 7946 0123',
  home: { street: '12 Example Street', city: 'London', zip: 'N1 1AA', country: 'GB' },
  changedAt: new Date('2026-01-15T09:00:00Z'),
};

const members = new Map([[ada.id, ada]]);

export const findMember = (id: string): Member | undefined => members.get(id);

export const passwords: Users = createUsers();
await passwords.add({ id: ada.id, name: ada.givenName }, 'demo-password');
