"""The words the demo's names are made of."""

from typing import Final

SUPPLIERS: Final = (
    "한빛상사", "Northwind Supply", "서울디자인", "Blue Harbor Goods", "가온유통", "Maple & Stone",
    "청솔식품", "Lumen Trading", "하람공방", "Pine Street Wholesale", "다온트레이드", "Copperfield Imports",
)  # fmt: skip

FAMILY: Final = (
    "김",
    "이",
    "박",
    "최",
    "정",
    "강",
    "조",
    "윤",
    "장",
    "임",
    "한",
    "오",
    "서",
    "신",
    "권",
    "황",
    "안",
    "송",
    "유",
    "홍",
)
GIVEN: Final = (
    "민준", "서연", "도윤", "지우", "하준", "서윤", "예준", "지민", "주원", "수아",
    "지호", "다은", "현우", "은서", "준서", "채원", "건우", "유진", "우진", "소율",
)  # fmt: skip
SHOPS: Final = ("스토어", "마켓", "상점", "공방", "몰")

FIRST: Final = (
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Iris", "Jack",
    "Kate", "Liam", "Mia", "Noah", "Olivia", "Paul", "Quinn", "Rosa", "Sam", "Tara",
)  # fmt: skip
LAST: Final = (
    "Adams", "Brook", "Carter", "Dunn", "Ellis", "Fox", "Green", "Hill", "Irwin", "Jones",
    "Keller", "Lane", "Moore", "North", "Owens", "Price", "Reed", "Stone", "Turner", "Wood",
)  # fmt: skip

KINDS: Final = (
    ("도자기 머그컵", "kitchen"), ("Linen Apron", "kitchen"), ("대나무 도마", "kitchen"), ("Cast Iron Pan", "kitchen"),
    ("무선 이어폰", "electronics"), ("Desk Lamp", "electronics"), ("휴대용 선풍기", "electronics"), ("Power Bank", "electronics"),
    ("한지 노트", "stationery"), ("Fountain Pen", "stationery"), ("캔버스 필통", "stationery"), ("Wall Calendar", "stationery"),
    ("유기농 녹차", "food"), ("Wildflower Honey", "food"), ("전통 약과", "food"), ("Olive Oil", "food"),
    ("양모 담요", "home"), ("Beeswax Candle", "home"), ("자개 보석함", "home"), ("Woven Basket", "home"),
)  # fmt: skip
COLOURS: Final = (
    "하늘색", "Ivory", "먹색", "Sage", "노을빛", "Navy", "연두색", "Terracotta",
    "백자", "Charcoal", "살구색", "Forest", "은색", "Mustard", "자주색",
)  # fmt: skip
