/// The tag of `ID<SIPTrunk>`: a line to the public telephone network.
package enum SIPTrunk {}

/// The tag of `ID<SIPPhone>`: a desk phone or soft phone that belongs to the centre.
package enum SIPPhone {}

/// The tag of `ID<SIPLeg>`: one call as one of its two ends sees it, from INVITE to BYE.
package enum SIPLeg {}
