namespace Metrana.MLflow.Tests;

/// <summary>The tests that share one MLflow server.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<MlflowServer>
{
    /// <summary>The name of their collection.</summary>
    public const string Name = "mlflow";
}
