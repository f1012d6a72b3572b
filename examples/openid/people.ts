// The user table that the app has: what it knows of a person, in its own words.
import { createUsers, type Users } from '@gatehouse-examples/shared';

export interface Member {
  readonly id: string;
  readonly givenName: string;
  readonly middleName: string;
  readonly familyName: string;
  readonly nickname: string;
  readonly gender: string;
  /** As `1815-12-10`. */
  readonly born: string;
  readonly page: string;
  readonly photo: string;
  readonly blog: string;
  readonly timeZone: string;
  readonly language: string;
  readonly mail: string;
  readonly mailChecked: boolean;
  readonly phone: string;
  readonly phoneChecked: boolean;
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
  middleName: 'Augusta',
  familyName: 'Byron',
  nickname: 'Countess',
  gender: 'female',
  born: '1815-12-10',
  page: 'https://acme.example/people/ada',
  photo: 'https://acme.example/people/ada.png',
  blog: 'https://ada.example/',
  timeZone: 'Europe/London',
  language: 'en-GB',
  mail: 'ada@acme.example',
  mailChecked: true,
  phone: '+44 20 7946 0123',
  phoneChecked: true,
  home: { street: '12 Example Street', city: 'London', zip: 'N1 1AA', country: 'GB' },
  changedAt: new Date('2026-01-15T09:00:00Z'),
};

const members = new Map([[ada.id, ada]]);

export const findMember = (id: string): Member | undefined => members.get(id);

export const passwords: Users = createUsers();
await passwords.add({ id: ada.id, name: ada.givenName }, 'demo-password');
