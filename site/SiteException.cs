namespace SimpleFlow.Site;

/// <summary>The site cannot be made as its sources are: the message says where they need a change.</summary>
public sealed class SiteException(string message) : Exception(message);
