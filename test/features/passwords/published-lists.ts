/**
 * Passwords that others have published as the most common ones. Nobody derived these lists from the list that the
 * service ships, and the test of the password policy reads no other list.
 */
const published = {
  /** The annual list of a password manager, 2025. */
  'annual list of 2025': `
    123456 admin 12345678 123456789 12345 password Aa123456 1234567890 Pass@123 admin123 1234567 123123 111111
    12345678910 P@ssw0rd Password Aa@123456 admintelecom Admin@123 112233 102030 654321 abcd1234 abc123 qwerty123
    Abcd@1234 Pass@1234 11223344 admin@123 87654321 987654321 qwerty 123123123 1q2w3e4r Aa112233 12341234 qwertyuiop
    11111111 Admin Password@123 asd123 Aboy1234 123321 admin1 Admin123 Demo@123 1q2w3e4r5t admin1234 aa123456 121212
    asdf1234 888888 Abcd1234 guru123456 666666 Welcome@123 guest Password1 123456789a Kapler123 administrator
    1122334455 Test@123 qwer1234 asdfghjkl Global123@ 10203040 1234qwer India@123 Abcd@123 1qaz2wsx 88888888 123qwe
    12345678a secret Aa123123 12344321 123456aA@ 123456a a123456 202020 1234abcd admin123456 qwe123 101010 222222
    12121212 welcome abc12345 Abc@1234 admin12345 Qwerty123 12345678900 123654 555555 Aa123456789 1111111111
    12345678901 q1w2e3r4 password123 Heslo1234 22446688 Abc12345 vodafone 999999 bismillah a123456789 Password123
    azerty user1234 1234567891 1234512345 adminisp 1234567899 P@$$w0rd Aa12345678 Passw0rd zxcvbnm adminadmin
    qwerty12345 gvt12345 minecraft abcd@1234 pakistan ADMIN 10203 Welcome1 theworldinyourhand aabb1122 test123
    Asdf1234 54321 1111111 a1b2c3d4 password1 student Abc@12345 Aa102030 Pass@12345 135790 123abc cisco 11111
    Aa@12345 111111111 p@ssw0rd lol123456 147258369 123456Aa Aa@1234567 Admin@1234 1234554321 124578 12qwaszx
    Abc@123 a12345678 aa112233 qwer4321 a1234567 Qwerty@123 12345679 Ab123456 Aa@123456789 Abcd1234@ 123qweasd
    Admin1234 pakistan123 A123456a qwerty1234 1234567a abc123456 turktelekom test1234 999999999 123456788 Aaa111
    contraseña 7654321 1qazxsw2 Password@1 asdasd aaaaaa qwerty123456 246810 11112222 aaaa1111 Abc123 q1w2e3r4t5
    987654 aa123123 azerty123 Aa1234567 abc@123 changeme 12345678@ P@55w0rd asd12345 zxcvbnm123 123admin`,

  /** The yearly lists of worst passwords, 2011 to 2018. */
  'worst passwords of 2011 to 2018': `
    password 123456 12345678 qwerty abc123 monkey 1234567 letmein trustno1 dragon baseball 111111 iloveyou master
    sunshine ashley bailey passw0rd shadow 123123 654321 superman qazwsx michael football jesus ninja mustang
    password1 123456789 adobe123 admin 1234567890 photoshop 1234 12345 princess azerty 000000 access 696969 batman
    1qaz2wsx welcome login starwars solo passw0rd 121212 flower hottie loveme zaq1zaq1 hello freedom whatever
    qwertyuiop 666666 !@#$%^&* charlie aa123456 donald qwerty123 1q2w3e4r 888888 lovely 7777777 654321 555555
    computer internet maverick corvette jennifer mercedes midnight scooter1 danielle victoria patrick1 cheese1
    samantha jordan23 asdfghjkl football1 liverpool michelle bigdaddy`,

  /** The national centre's count of passwords in breaches, 2019. */
  'breached passwords counted in 2019': `
    123456 123456789 qwerty password 1111111 12345678 abc123 1234567 password1 12345 1234567890 123123 000000
    iloveyou 1234 1q2w3e4r5t qwertyuiop 123 monkey dragon ashley michael daniel jessica charlie liverpool chelsea
    arsenal manutd everton superman naruto tigger pokemon batman blink182 50cent eminem metallica slipknot sunday
    1qaz2wsx 987654321 123321 zaq12wsx 147258369 qwerty123 1q2w3e4r 123qwe 159753 asdfghjkl 88888888 princess
    123456789a sunshine football 11111111 123123123 12341234 abcd1234 87654321 0123456789 1111111111 00000000
    0987654321 789456123 12344321 99999999 112233445566`,

  /** What a password manager found most often in the breaches of 2016. */
  'breaches of 2016': `
    123456 123456789 qwerty 12345678 111111 1234567890 1234567 password 123123 987654321 qwertyuiop mynoob 123321
    666666 18atcskd2w 7777777 1q2w3e4r 654321 555555 3rjs1la7qe google 1q2w3e4r5t 123qwe zxcvbnm 1q2w3e`,

  /** The head of the passwords of a social site that stored 32 million in clear, 2009. */
  'social site in 2009': `
    123456 12345 123456789 password iloveyou princess 1234567 rockyou 12345678 abc123 nicole daniel babygirl monkey
    lovely jessica 654321 michael ashley qwerty 111111 iloveu 000000 michelle tigger sunshine chocolate password1
    soccer anthony friends butterfly purple angel jordan liverpool justin loveme fuckyou 123123 football secret
    andrea carlos jennifer joshua bubbles 1234567890 superman hannah amanda loveyou pretty basketball andrew angels
    tweety flower playboy hello elizabeth hottie tinkerbell charlie samantha barbie chelsea lovers teamo jasmine
    brandon 666666 shadow melissa eminem matthew robert danielle forever family jonathan 987654321 computer whatever
    dragon vanessa cookie naruto summer sweety spongebob joseph junior softball taylor yellow daniela lauren mickey
    princesa alexandra alexis jesus estrella miguel william thomas beautiful mylove angela poohbear patrick iloveme
    sakura adrian alexander destiny christian 121212 sayang america dancer monica richard 112233 princess1 555555
    diamond carolina steven rangers louise orange 789456 999999 shorty 11111 nathan snoopy gabriel hunter cherry
    killer sandra alejandro buster george brittany alejandra patricia rachel tequiero 7777777 cheese 159753 arsenal
    stephanie sweetie victoria fernando cristina babygurl greenday november mahalkita september december mariposa
    gabriela iloveyou2 kimberly pictures hellokitty babygirl1 angelica courtney iloveyou1 precious tequieromucho
    dramaqueen playboy123 friends4ever iloveyou! ilovejesus loveyou1 password12 rockyou1 princess12`,
} as const;

export const publishedLists: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(published).map(([source, words]) => [source, words.trim().split(/\s+/)]),
);
