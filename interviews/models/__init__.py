"""The product's rows. Each file holds one noun; what is imported here is what others may use."""

from interviews.models.people import Member, MemberInvitation, Organisation, User

__all__ = ["Member", "MemberInvitation", "Organisation", "User"]
