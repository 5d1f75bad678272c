/** The passwords of ten characters and more that lists of stolen ones have most often, in lower case. */

const LISTED = `
1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsxcde3 qazwsxedcrfv qwerty123456
qwertyuiop qwertyuiop123 qwerty1234 qwerty12345 asdfghjkl1 asdfghjklm asdf1234567 zxcvbnm123 1234567890q 123456789a
a123456789 aa12345678 abc123456789 abcd123456 abcd1234567 abcdefg123 abcdefghij abc1234567 123qweasdzxc qweasdzxc123
qweasdzxc1 123456qwerty 1234qwerasdf 1234qwer5678 0987654321 9876543210 11223344556677 1122334455 112233445566
1029384756 12344321abc 1234554321 12345678910 123456789123 147258369 1472583690 741852963 7418529630 159357258
password password1 password12 password123 password1234 passw0rd123 p@ssw0rd p@ssw0rd1 p@ssw0rd12 p@ssw0rd123 p@ssword123
passwordpassword mypassword mypassword1 newpassword yourpassword thepassword password! changeme changeme123 letmein
letmein123 letmeinnow welcome welcome1 welcome123 welcome1234 welcomeback iloveyou iloveyou1 iloveyou12 iloveyou123
iloveyou2 iloveyouso iloveyoubaby iloveyou4ever forever21 administrator administrador admin admin123 admin1234
admin12345 adminadmin superadmin rootroot root123456 qwertyqwerty asdfasdf asdfasdfasdf testtest testtesttest test123456
test1234567 default123 temp123456 temppassword guest12345 football football1 football123 baseball baseball1 baseball123
basketball basketball1 volleyball superman superman1 superman123 batman12345 spiderman spiderman1 spiderman123
starwars starwars1 starwars123 pokemon123 minecraft minecraft1 minecraft123 liverpool liverpool1 liverpool123
manchester manchester1 manunited1 barcelona barcelona1 realmadrid galatasaray galatasaray1905 fenerbahce fenerbahce1907
besiktas1903 trabzonspor istanbul34 istanbul123 ankara0606 seniseviyorum seviyorum canimbenim sifre12345 parola1234
princess princess1 princess123 sunshine sunshine1 sunshine123 butterfly butterfly1 chocolate chocolate1 cheesecake
strawberry watermelon california newyorkcity washington mercedesbenz lamborghini michaeljordan christopher elizabeth
alexander1 jennifer123 jessica123 ashley12345 michelle123 charlie123 jordan23jordan computer123 internet123
windows10pro samsung123 samsung1234 google12345 facebook123 linkedin123 whatever123 trustnoone trustno1trustno1
masterpassword master12345 dragon12345 monkey12345 shadow12345 hello12345 hello123456 helloworld hellohello
secretpassword secret1234 topsecret1 supersecret superstar123 summer2020 summer2021 summer2022 summer2023 summer2024
summer2025 summer2026 winter2020 winter2021 winter2022 winter2023 winter2024 winter2025 winter2026 spring2024 spring2025
spring2026 autumn2024 autumn2025 autumn2026 january2026 monday1234 friday1234 correcthorsebatterystaple godisgood1
jesuschrist jesuslovesme godblessyou blessed123 mynameisjohn myspace123 loveyou123 lovelove123 babygirl123 babygirl12
familyguy123 killer12345 freedom123 blink182182 metallica123 slipknot666 nirvana1994 eminem12345 rockyou123
corporate123 company123 business123 regulars123 loyalty123 customer123 coffee12345 cornercoffee restaurant1 manager123
cashier123 employee123 employee1 starbucks1 starbucks123`

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(LISTED.trim().split(/\s+/))
