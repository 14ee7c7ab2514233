package main

// flagsJA are the flags that say the same wherever they stand.
var flagsJA = map[string]string{
	"config":     "設定ファイル `FILE`",
	"lang":       "表示の言語: ja または en（省略時は設定の lang）",
	"log-level":  "標準エラーに出すログ: debug、info、warn、error",
	"log-format": "ログの形式: text または json",
	"dir-here":   "相対パスの基準にするフォルダ",
	"help":       "このコマンドの説明",
	"version":    "hansho のバージョン",
	"json":       "JSON Lines で出力する",
	"by":         "実施した人（省略時はあなた）",
	"who":        "判断した人（省略時はあなた）",
	"fixed":      "対策されたバージョン `VERSION`",
	"case":       "この事案のものだけ",
	"as":         "text、html、markdown、json",
}

// letterFlagsJA are those of the commands that write a letter.
var letterFlagsJA = map[string]string{
	"case": "事案（ID、CVE 番号、名前）", "in": "文書の言語: ja または en（省略時は取引先の言語、または設定の言語）",
	"to": "取引先の `ID`（複数可）。社内向けは宛先（mail:x@y、slack:#z）", "what": "何が起きたかを自分の言葉で書いたファイル `FILE`（- は標準入力。社内向け）",
}

// helpJA is the help of every command, by its path.
var helpJA = map[string]helpText{
	"hansho": {
		short: "半鐘: 会社で使っているものの脆弱性を、一度だけ、変わったらもう一度知らせる",
		long: `hansho は JPCERT/CC、IPA、JVN、各社のアドバイザリ、製品一覧を確認し、新しい情報と
変わった情報を見つけて資産台帳と照合し、関係する人に Slack とメールで知らせます。

まずはこちらから
  hansho demo                 Log4Shell の最初の一週間（通信も設定も不要）
  hansho config check         config.yaml と資産台帳の誤りをすべて見つける
  hansho poll                 いま 1 回だけ確認する
  hansho run                  常駐して監視する`,
	},
	"hansho help":       {short: "コマンドの説明を表示する"},
	"hansho completion": {short: "シェルの補完スクリプトを出力する"},
	"hansho advisories": {
		short: "蓄えた情報を一覧・表示する",
		long: `advisories は情報源が伝えたことを新しい順に並べます。ID を指定するとそれだけを
表示します。--json は 1 行に 1 件、すべての項目を JSON で出力します。`,
		flags: map[string]string{
			"cve": "この CVE の `ID`（または JVN#… などの番号）に関するものだけ", "limit": "最大の件数（0 はすべて）", "source": "この情報源の `ID` のものだけ",
		},
	},
	"hansho backup": {short: "稼働中のまま、記録の写しを作る"},
	"hansho case": {
		short: "事案を扱う: 一覧、表示、作成、資産の状態、統合、分割",
		long: `事案は、会社から見た一つの出来事です。CVE、各情報源の記述、当社の資産それぞれの状態を
まとめます。当社に関係する情報が出ると自動で作られます。REF には事案の ID、CVE 番号、
事案の名前を書きます。`,
	},
	"hansho case ack": {short: "事案を確認したことを記録する"},
	"hansho case export": {
		short: "事案の状態をデータとして書き出す: OpenVEX または CSAF VEX",
		long: `export は、事案での当社の資産の状態を、データで受け取りたい取引先のために書き出します。
TLP:RED と AMBER でだけ知ったことは含めません。--to はその取引先に関係する資産だけにします。
システムの名前が載るため、渡す前に内容をご確認ください。資産台帳で vex: openvex または
csaf とした取引先には、文書に添えて送ります。`,
		flags: map[string]string{"as": "openvex または csaf", "issue": "この版の番号 `NUMBER`", "to": "渡す取引先の `ID`"},
	},
	"hansho case list":  {short: "事案を一覧する", flags: map[string]string{"state": "open、contained、closed のものだけ"}},
	"hansho case merge": {short: "二つの事案を一つにする"},
	"hansho case open":  {short: "情報源が伝える前に、手で事案を作る", flags: map[string]string{"name": "呼び名"}},
	"hansho case scope": {
		short: "どの情報源も触れていない資産を事案に加える（判断があるまで「未確認」）",
		flags: map[string]string{"kind": "種別が `KIND` の資産すべて"},
	},
	"hansho case set": {
		short: "資産の状態を決める: unknown、asked、affected、not_affected、mitigated、fixed",
		long: `set は、事案での資産について人が判断したことを記録します。情報源の記述より優先され、
後から食い違う情報が出たときは知らせるだけで、書き換えません。`,
		flags: map[string]string{"next": "次に確認する日 `DATE`（YYYY-MM-DD）", "note": "理由、または行ったこと"},
	},
	"hansho case show":  {short: "事案を表示する: 資産、情報源、経過", flags: map[string]string{"json": "JSON で出力する"}},
	"hansho case split": {short: "CVE、番号、情報の ID を別の事案に分ける"},
	"hansho case state": {short: "事案を次の段階に進める"},
	"hansho checklist": {
		short: "事案の資産に侵入の痕跡がないか調べ、結果を残す",
		long: `影響を受けるバージョンを動かしていた資産は、すでに攻撃を受けたものとして扱います。
チェックリストは、情報源が挙げた痕跡とあわせて、何を確認するかを示します。クラウド
サービスには専用の項目があります。テンプレートのフォルダの checklists に intrusion.yaml と
cloud.yaml を置くと、自社の項目を使えます。`,
	},
	"hansho checklist set":  {short: "確認した結果を残す", flags: map[string]string{"finding": "見つけたものと、その保管場所"}},
	"hansho checklist show": {short: "資産のチェックリストと結果を表示する"},
	"hansho config":         {short: "設定を確かめる"},
	"hansho config check": {
		short: "設定、資産台帳、テンプレートの誤りをすべて見つける",
		long: `check は config.yaml、そこに書かれた資産台帳、自社のテンプレートを読み、誤りを一度に
すべて示します（ファイル、行、直し方）。誤りがあれば終了コードは
2 です。--connect を付けない限り、どこにも接続しません。付けると Slack とメールの中継に
ログインして確かめます（誰にも通知しません）。`,
		flags: map[string]string{"connect": "通知先のうち可能なものに実際にログインして確かめる"},
	},
	"hansho demo": {
		short: "Log4Shell の最初の一週間を、通信も設定もなしに見る",
		long: `demo は 2021 年 12 月 10 日から 17 日までを、JPCERT/CC、IPA、JVN、CISA、Cisco と二つの
製品一覧が公表したとおりに再現します。本物の取得処理がこのパソコンの中だけで読み取り、
架空の会社の資産台帳と照合して、手元の Slack とメールサーバーに知らせます。外部とは
通信しません。できたファイルは残ります。`,
		flags: map[string]string{"keep": "ファイルを置くフォルダ `DIR`（省略時は新しい一時フォルダ）", "speed": "slow、normal、max"},
	},
	"hansho drill": {
		short: "過去の危機を自社の資産台帳で再現する（何も送らない）",
		long: `drill は、情報源の過去の版を時間の順に、できるだけ速く、資産台帳と照合します。対象は
hansho demo の一週間、自分で記録したフォルダ（時刻/ホスト/パス）、または --source で
指定した製品一覧の日付ごとの版です。通知は送らずに数えます。資産ごとに、最初の情報を
読めた時刻、通知が届くはずだった時刻、取りこぼし、余分な通知を報告します。`,
		flags: map[string]string{
			"from": "最初の日 `DATE`（YYYY-MM-DD）", "inventory": "資産台帳のファイルまたはフォルダ `FILE`（省略時はデモのもの）",
			"replay": "記録のフォルダ `DIR`（省略時はデモの一週間）", "source": "フォルダにある日付ごとの版の一覧の `ID`", "to": "最後の日 `DATE`",
		},
	},
	"hansho enquiry": {
		short: "事案での資産について供給元に問い合わせ、回答を残す",
		long: `問い合わせは、供給元に三つのこと（影響の有無、対策版、ない場合の回避策）を尋ねる
一通の文書で、その供給元の資産をまとめて挙げます。承認（hansho letter approve）を待ちます。
回答は、人が資産の状態にするまで（hansho enquiry accept）、記録として残ります。`,
	},
	"hansho enquiry accept": {
		short: "回答を資産の状態にする: affected、not_affected、mitigated、fixed、unknown",
		flags: map[string]string{"note": "回答の要点"},
	},
	"hansho enquiry answer": {
		short: "届いた回答を記録する（ID は問い合わせまたは文書のもの）",
		flags: map[string]string{
			"dont-know": "「まだ分からない」という回答（省略時は文面から判断）", "file": "回答のファイル `FILE`（- は標準入力）", "from": "回答した人", "text": "回答の内容",
		},
	},
	"hansho enquiry list": {short: "問い合わせを一覧する: 照会中、期限、期限超過、回答あり"},
	"hansho enquiry open": {
		short: "影響の分からない資産の供給元への問い合わせを下書きする",
		flags: map[string]string{"partner": "供給元一社の `ID`（事案に資産がなくても可）"},
	},
	"hansho enquiry show": {short: "問い合わせと回答、または文書への回答を表示する"},
	"hansho inventory":    {short: "資産台帳を取り込み、確かめる。情報源のない資産を見つける"},
	"hansho inventory check": {
		short: "資産ごとに、どこまで照合できるかを示す: 特定済み、名前のみ、曖昧",
		flags: map[string]string{"all": "特定済みのものも表示する"},
	},
	"hansho inventory coverage": {
		short: "有効な情報源がない資産と、使える情報源を挙げる",
		flags: map[string]string{"json": "JSON Lines で出力する（情報源のある資産も含む）"},
	},
	"hansho inventory import": {
		short: "台帳、SBOM、パッケージ一覧を資産台帳に取り込む",
		long: `import は hansho が読める形式（YAML、CSV、XLSX、CycloneDX、SPDX、dpkg、rpm、osquery、
winget、Trivy、Syft、CPE や purl の一覧）のファイルを読み、最初の資産台帳の隣の inventory.d に、
取り込み元ごとに 1 ファイルで書きます。人が書いたものには触れません。同じファイルを
もう一度取り込んでも何も変わらず、手で直した項目は残り、なくなった資産には印が付きます。`,
		flags: map[string]string{"dry-run": "何が変わるかを示すだけで、書き込まない", "json": "結果を JSON で出力する"},
	},
	"hansho inventory suggest": {short: "日本語・英語のあいまいな名前から製品を探す"},
	"hansho ledger": {
		short: "取引先と文書ごとの状況を示す: 承認待ち、承認済み、送信済み、不達、回答あり、まだ分からない、回答なし",
	},
	"hansho letter": {
		short: "文書を扱う: 下書き、修正、承認、送信（承認なしに社外へは出ない）",
		long: `文書は事案から作られます。社外あての文書は人の承認を待ち、承認した文面がそのまま送られます。
種類: awareness、awareness-owners、awareness-management、guide は社内（letters.everyone）あて、
partner-request と status は資産台帳の取引先あてです。supplier-request は問い合わせ
（hansho enquiry open）として、督促、訂正、週次の文書は自動で下書きされます。`,
	},
	"hansho letter approve": {short: "文書を、その文面のまま社外へ出すことを認める"},
	"hansho letter draft": {
		short: "文書を下書きする（修正・承認・送信はその後）",
		flags: letterFlagsJA,
	},
	"hansho letter edit": {
		short: "承認待ちの文書を直す（Markdown のファイル、- は標準入力。省略時は $EDITOR）",
		flags: map[string]string{"subject": "新しい件名"},
	},
	"hansho letter export": {
		short: "保管用に書き出す: 送ったままのメール（eml）またはページ（html）",
		long: `export は送った文書を書き出します。eml は、受信者ごとに、中継サーバーへ渡したままのメールです。
html は A4 に印刷できるページです。受信者が複数の文書は複数のメールになるため、--dir で
1 通ずつファイルにします。`,
		flags: map[string]string{"as": "eml または html", "case": "この事案で送ったすべての文書", "dir": "1 通ずつ書き出すフォルダ `DIR`"},
	},
	"hansho letter list":    {short: "文書と状況を一覧する", flags: map[string]string{"state": "queued、approved、sent、bounced、answered、rejected のものだけ"}},
	"hansho letter preview": {short: "いま作ればどうなるかを表示する（保存しない）", flags: letterFlagsJA},
	"hansho letter reject":  {short: "文書を却下する（送らない）", flags: map[string]string{"why": "理由（記録に残る）"}},
	"hansho letter send":    {short: "指定した社内向けの文書と、承認済みの文書をいま送る"},
	"hansho letter show":    {short: "文書を表示する"},
	"hansho mailbox": {
		short: "メールで届いた回答と不達の通知をいま読む",
		long: `mailbox は、前回から後にメールボックスへ届いたものを、常駐時と同じように読みます。回答は
一覧（ledger）と問い合わせに、不達の通知は文書と宛先に記録されます。メールは何も削除しません。`,
	},
	"hansho match": {
		short: "情報と資産台帳を照合し、結果を JSON Lines で出力する",
		long: `match は情報のファイルを順に読み、資産台帳に関係するものを 1 行に 1 件の JSON で出力します。
読めるのは、parse が出力する JSON Lines、NVD の JSON 1.1 と 2.0、CSAF、CISA KEV です。資産台帳は
hansho が読める形式（CPE や purl だけの一覧も可）です。"-" は標準入力（どちらか一方）で、.gz と
.zst もそのまま読めます。使うメモリーは資産台帳の大きさで決まり、情報の量によりません。`,
		flags: map[string]string{"advisories": "情報のファイル `FILE`（複数可）", "inventory": "資産台帳のファイルまたはフォルダ `FILE`（複数可）"},
	},
	"hansho outbox": {
		short: "これから知らせるものと、届けられなかったものを示す",
		long: `outbox は、送信を待っている通知と、そのままでは届けられない通知を理由とともに並べます。
--all は送信済みも含めます。outbox retry は、原因を直した後で送信待ちに戻します。`,
		flags: map[string]string{"all": "送信済みも表示する"},
	},
	"hansho outbox retry": {short: "届けられなかった通知を送信待ちに戻す（すべて、または指定したもの）"},
	"hansho parse": {
		short: "保存した文書を情報源として読み、JSON Lines で出力する",
		long: `parse は、情報源が配信したままの文書を読み、1 行に 1 件の JSON で出力します。"-" は標準入力で、
.gz と .zst もそのまま読めます。読めない項目は標準エラーに示し、他の項目には影響しません。
何も読めないファイルがあれば終了コードは 1 です。`,
		flags: map[string]string{"source": "文書の情報源の `ID`", "url": "文書が配信されたアドレス（省略時は情報源のもの）"},
	},
	"hansho poll": {
		short: "いま 1 回だけ情報源を確認し、知らせるべきものを送る",
		long: `poll は有効な情報源（または指定したもの）を 1 回ずつ確認し、新しい情報と変わった情報を記録し、
知らせるべきものを送ります。情報源ごとに 1 行と合計を表示します。失敗した情報源か、届けられない
通知があれば終了コードは 1 です。`,
		flags: map[string]string{"json": "情報源ごとと合計を JSON で出力する", "no-send": "送らずに送信待ちのままにする"},
	},
	"hansho report": {
		short: "社員が報告した利用状況: 一覧、台帳への追加、不採用",
		long: `社員は、Slack のフォーム（/hansho report）か、社内への注意喚起のリンク先（config.yaml の
forms）から、部署で使っているものを報告します。報告は候補です。accept は inventory.d に資産として
書き、その文書の事案に加えます。drop は加えません。一覧の最後に、まだ報告のない部署を示します。`,
	},
	"hansho report accept": {short: "報告されたものを資産台帳に加える"},
	"hansho report drop":   {short: "報告されたものを加えない"},
	"hansho report list": {
		short: "確認を待っている報告を一覧する",
		flags: map[string]string{"all": "追加・不採用のものも表示する", "case": "この事案の通知の後に報告していない部署"},
	},
	"hansho restore": {short: "写しを確かめたうえで、記録を置き換える"},
	"hansho run": {
		short: "情報源を監視し、関係するものを知らせ続ける",
		long: `run は常駐し、有効な情報源を予定どおりに確認して、知らせるべきものを送ります。SIGTERM と
Ctrl+C で正しく止まり、未送信のものは次の起動の後に送ります。同じ記録を使う二つ目の hansho は
起動しません。`,
	},
	"hansho silence": {
		short: "事案の通知を、理由を付けてしばらく止める。一覧と解除",
		long: `silence は、期限まで事案の通知を止めます。安全とされていたものがそうでないと分かった
ときは、止めていても知らせます。`,
	},
	"hansho silence add":  {short: "事案の通知を止める", flags: map[string]string{"for": "期間: 30m、4h、7d", "why": "理由（経過に残る）"}},
	"hansho silence end":  {short: "期限の前に再開する"},
	"hansho silence list": {short: "止めているものを一覧する"},
	"hansho sources":      {short: "情報源を表示し、試し、探し、すすめる", flags: map[string]string{"all": "無効なものも表示する"}},
	"hansho sources add": {
		short: "アドレスから配信を見つけ、内容を示し、config.yaml の書き方を出す",
		long: `add はアドレスを調べます。フィード、製品一覧、CSAF の提供元、またはそれらへ導くページ
（フィードへのリンク、security.txt、.well-known/csaf）です。新しい情報と、config.yaml の sources に
書く内容を表示します。--write は、ファイルの他の部分を変えずに書き加えます。`,
		flags: map[string]string{"id": "新しい情報源の `ID`", "write": "設定に書き加える"},
	},
	"hansho sources list":      {short: "有効な情報源と状態を一覧する（--all はカタログ全体）", flags: map[string]string{"all": "無効なものも表示する"}},
	"hansho sources recommend": {short: "資産台帳から見て、有効にするとよい情報源を示す"},
	"hansho sources show":      {short: "情報源について分かっていることを JSON で表示する"},
	"hansho sources test":      {short: "情報源を 1 回だけ読み、得られたものを示す（記録も送信もしない）"},
	"hansho why": {
		short: "資産が該当するとした理由を示す: 情報、一致した語、バージョン判定",
		long: `資産が該当するとした理由を示します: 情報、一致した語、バージョン判定。

ITEM は資産の ID または名前、CVE は CVE 番号、その他の番号（JVN#…）、または情報の ID です。
記録だけを読み、情報源には問い合わせません。`,
	},
	"hansho why-not": {
		short: "資産が該当しないとした理由を示す: 近かったものと、違いとなったもの",
		long: `資産が該当しないとした理由を示します: 近かったものと、違いとなったもの。

ITEM は資産の ID または名前、CVE は CVE 番号、その他の番号（JVN#…）、または情報の ID です。
記録だけを読み、情報源には問い合わせません。`,
	},
}
