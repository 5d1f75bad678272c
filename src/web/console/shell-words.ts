/** What the console's frame says: navigation, titles of pages, and the sentences that any page may need. */

import { words } from '../ui/words.ts'

/** Titles of pages, as the navigation and the browser's tab show them. */
export const pageNames = words({
  en: {
    home: 'Home',
  },
  tr: {
    home: 'Ana sayfa',
  },
})
export type PageName = keyof (typeof pageNames)['en']

export const shellWords = words({
  en: {
    group_people: 'Members',
    group_program: 'Program',
    group_shop: 'Shop',
    group_settings: 'Settings',
    menu: 'Menu',
    skip: 'Skip to content',
    search: 'Search',
    search_hint: 'Phone, e-mail, card, order, code or page',
    sign_out: 'Sign out',
    my_account: 'My account',
    language: 'Language',
    appearance: 'Appearance',
    light: 'Light',
    dark: 'Dark',
    system: 'As the device',
    test_mode: 'Test mode: nothing here concerns real customers. Its clock says {now}.',
    offline: 'No connection. What you typed stays here; it can be sent once the connection is back.',
    not_found: 'There is no such page',
    not_found_more: 'The address may be old or mistyped.',
    to_home: 'Go to the start',
    broken: 'This page could not be shown',
    broken_more: 'Load it again. If that does not help, tell us what you were about to do.',
    reload: 'Load again',
    forbidden: 'Your role does not allow this',
    forbidden_more: 'You are signed in as {role}. An owner can give you the right.',
    loading: 'Loading',
    role: '{role, select, owner {owner} marketer {marketer} finance {finance} support {support} cashier {cashier} developer {developer} read_only {reader} other {partner}}',
  },
  tr: {
    group_people: 'Üyeler',
    group_program: 'Program',
    group_shop: 'Mağaza',
    group_settings: 'Ayarlar',
    menu: 'Menü',
    skip: 'İçeriğe geç',
    search: 'Ara',
    search_hint: 'Telefon, e-posta, kart, sipariş, kod veya sayfa',
    sign_out: 'Çıkış yap',
    my_account: 'Hesabım',
    language: 'Dil',
    appearance: 'Görünüm',
    light: 'Açık',
    dark: 'Koyu',
    system: 'Cihaz gibi',
    test_mode: 'Test modu: buradakiler gerçek müşterileri ilgilendirmez. Saat: {now}.',
    offline: 'Bağlantı yok. Yazdıklarınız burada duruyor; bağlantı gelince gönderebilirsiniz.',
    not_found: 'Böyle bir sayfa yok',
    not_found_more: 'Adres eski ya da yanlış yazılmış olabilir.',
    to_home: 'Başa dön',
    broken: 'Bu sayfa gösterilemedi',
    broken_more: 'Yeniden yükleyin. Olmazsa ne yapmak üzere olduğunuzu bize anlatın.',
    reload: 'Yeniden yükle',
    forbidden: 'Rolünüz buna izin vermiyor',
    forbidden_more: 'Rolünüz: {role}. Yetkiyi bir sahip verebilir.',
    loading: 'Yükleniyor',
    role: '{role, select, owner {sahip} marketer {pazarlama} finance {finans} support {destek} cashier {kasiyer} developer {geliştirici} read_only {okuyucu} other {ortak}}',
  },
})
