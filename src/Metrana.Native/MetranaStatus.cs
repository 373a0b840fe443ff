namespace Metrana.Native;

/// <summary>tmp</summary>
public enum MetranaStatus { /// <summary>ok</summary>
 Ok }
