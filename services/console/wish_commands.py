"""Which commands of micro-wishes come in at the staff's door, and whose they are."""

WISHES_OF_WORKERS = (
    "OfferHelp",
    "ClaimWish",
    "FulfilWish",
)
WISHES_OF_STAFF = (
    "PublishWish",
    "TakeDownWish",
    "ConfirmClaim",
    "ReleaseClaim",
    "ThankForWish",
    "WithdrawOffer",
)
